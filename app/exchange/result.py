"""Result of the check of an import (確認の結果): every error, and what each row would do."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from app.exchange.rows import Place
from app.proposals.services.drafts import ProposalContent


class LineKind(StrEnum):
    """What a row does (行の区分)."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAULTY = "faulty"


@dataclass(frozen=True)
class Finding:
    """One error (誤り): where it stands, what stands there, and what to do about it."""

    file: str
    sheet: str
    row: int
    cell: str
    label: str
    value: str
    reason: str

    @property
    def place(self) -> str:
        """File, sheet and cell in words (誤りの場所)."""
        sheet = f"シート「{self.sheet}」" if self.sheet else ""
        return f"{self.file} {sheet}{self.row}行目 {self.label}（{self.cell}）"


@dataclass(frozen=True)
class Change:
    """A field that the row changes (変更): its label, what stands there, what would."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one row does (1行の結果). `content` is the command; it is not kept with the result.

    `missing` are the words for what keeps the proposal from being submitted as it would be.
    """

    place: Place
    kind: LineKind
    reference: str = ""
    title: str = ""
    organization_id: int | None = None
    proposal_id: int | None = None
    version: int | None = None
    changes: Sequence[Change] = ()
    missing: Sequence[str] = ()
    content: ProposalContent | None = None

    @property
    def mark(self) -> tuple[str, int | None, int | None]:
        """What must be the same when the import is saved as when it was checked."""
        return (self.kind.value, self.proposal_id, self.version)


@dataclass
class CheckResult:
    """Result of a check (確認の結果). Nothing is saved while there is any error."""

    lines: list[Line] = field(default_factory=list)
    errors: list[Finding] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def of_kind(self, kind: LineKind) -> list[Line]:
        """Rows that do one thing (区分ごとの行)."""
        return [line for line in self.lines if line.kind is kind]

    @property
    def effects(self) -> int:
        """Number of proposals that saving would make or change (反映される件数)."""
        return len(self.of_kind(LineKind.NEW)) + len(self.of_kind(LineKind.CHANGED))

    @property
    def marks(self) -> list[tuple[str, int | None, int | None]]:
        """Marks of all rows, to tell whether anything changed since (確認後の変化)."""
        return [line.mark for line in self.lines]

    def to_data(self) -> dict[str, Any]:
        """The result as kept with the import (保存する形)."""
        return {
            "lines": [_line_data(line) for line in self.lines],
            "errors": [asdict(error) for error in self.errors],
            "notices": list(self.notices),
        }


def result_of(data: Mapping[str, Any]) -> CheckResult:
    """The result from what was kept with the import (確認の結果); empty before the check."""
    return CheckResult(
        lines=[_line_of(row) for row in data.get("lines", ())],
        errors=[Finding(**row) for row in data.get("errors", ())],
        notices=list(data.get("notices", ())),
    )


def _line_data(line: Line) -> dict[str, Any]:
    return {
        "place": asdict(line.place),
        "kind": line.kind.value,
        "reference": line.reference,
        "title": line.title,
        "organization_id": line.organization_id,
        "proposal_id": line.proposal_id,
        "version": line.version,
        "changes": [asdict(change) for change in line.changes],
        "missing": list(line.missing),
    }


def _line_of(data: Mapping[str, Any]) -> Line:
    return Line(
        **{
            **data,
            "place": Place(**data["place"]),
            "kind": LineKind(data["kind"]),
            "changes": [Change(**change) for change in data["changes"]],
        }
    )
