"""The texts of the demo (試用の文章): proposals, their verdicts and the printed figures."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app.accounts.models import OrgType
from app.registers.models import Register

DATA = Path(__file__).resolve().parent / "data"
TEXT_FILES = (
    "types_bunken_keiyu.jsonl",
    "core20_a.jsonl",
    "core20_b.jsonl",
    "dpi_f1_f5.jsonl",
    "f2_f3_f4_f6.jsonl",
)
PENDING = "pending"


@dataclass(frozen=True, kw_only=True)
class SampleDispute:
    """Another category that the second person first asked for (異議)."""

    category: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class SampleReturn:
    """A field that was sent back, what stood in it first, and why it came back (差戻し)."""

    field: str
    reason: str
    first_text: str


@dataclass(frozen=True, kw_only=True)
class SampleHold:
    """Why and until when a case was put off (ペンディング)."""

    reason: str
    revisit_on: date


@dataclass(frozen=True, kw_only=True)
class SampleText:
    """One proposal of the demo with all that is said of it until it is settled (提案の見本).

    `fields` are the texts of the form as they stand at the end, after a correction.
    """

    category: str
    fields: dict[str, str]
    ministry: str
    viewpoints: frozenset[str]
    org_types: tuple[OrgType, ...]
    reason: str
    quote: str = ""
    evidence: tuple[tuple[Register, str], ...] = ()
    dispute: SampleDispute | None = None
    returned: SampleReturn | None = None
    hold: SampleHold | None = None

    @property
    def title(self) -> str:
        """Title of the proposal (提案概要)."""
        return self.fields["title"]


TEXT_FIELDS = (
    "title",
    "detail",
    "requested_measure",
    "hardship_case",
    "effect",
    "legal_basis",
    "adoption_status",
    "bunken_control_number",
)


def read_texts() -> list[SampleText]:
    """The 227 classified proposals, file by file (分類された提案)."""
    corrections = {row["title"]: row for row in _json_lines("corrections.jsonl")}
    return [
        _text(row, corrections.get(row["title"], {}))
        for name in TEXT_FILES
        for row in _json_lines(name)
    ]


def read_pending() -> list[SampleText]:
    """The five pending proposals in the printed order, title and detail word for word.

    What the paper does not print (支障事例, 効果 …) is written for the demo.
    """
    rest = {row["number"]: row for row in _json_lines("pending_rest.jsonl")}
    return [_pending(row, rest[int(row["number"])]) for row in _table("pending_proposals.csv")]


def read_categories() -> list[dict[str, str]]:
    """The eleven categories with their printed words and counts (分類表), pending left out."""
    return [row for row in _table("categories.csv") if row["key"] != PENDING]


def read_figures() -> dict[str, int]:
    """The figures the paper printed, by name (公表値)."""
    round_ = read_round()
    figures = {name: int(round_[name]) for name in ("proposals",)}
    figures["organizations"] = int(round_["proposing_organizations"])
    for row in _table("categories.csv"):
        name = PENDING if row["key"] == PENDING else f"category:{row['key']}"
        figures[name] = int(row["published_count"])
    for row in _table("organizations_by_type.csv"):
        figures[f"org_type:{row['org_type']}"] = int(row["organizations"])
    return figures


def read_round() -> dict[str, str]:
    """What the paper printed about the round (募集の概要): name, days, counts."""
    return {row["key"]: row["value"] for row in _table("round_r6.csv")}


def _text(row: dict[str, Any], correction: dict[str, str]) -> SampleText:
    fields = {name: str(row[name]) for name in TEXT_FIELDS}
    returned = _apply_correction(fields, row["returned"], correction)
    return SampleText(
        category=row["category"],
        fields=fields,
        ministry=row["ministry"],
        viewpoints=frozenset(row["viewpoints"]),
        org_types=tuple(OrgType(name) for name in row["org_types"]),
        reason=row["reason"],
        quote=row["quote"],
        evidence=tuple((Register(item["register"]), item["title"]) for item in row["evidence"]),
        dispute=SampleDispute(**row["dispute"]) if row["dispute"] else None,
        returned=returned,
    )


def _apply_correction(
    fields: dict[str, str], returned: dict[str, str] | None, correction: dict[str, str]
) -> SampleReturn | None:
    """Give the field its corrected text; what stood there first goes with the return."""
    if returned is None:
        return None
    name = returned["field"]
    first_text = correction.get("first", fields[name])
    if "corrected" in correction:
        fields[name] = correction["corrected"]
    if "added" in correction:
        fields[name] = f"{fields[name]}\n{correction['added']}"
    return SampleReturn(field=name, reason=returned["reason"], first_text=first_text)


def _pending(row: dict[str, str], rest: dict[str, Any]) -> SampleText:
    fields = {name: str(rest.get(name, "")) for name in TEXT_FIELDS}
    return SampleText(
        category=rest["provisional_category"],
        fields={**fields, "title": row["title"], "detail": row["detail"]},
        ministry=rest["ministry"],
        viewpoints=frozenset(rest["viewpoints"]),
        org_types=(OrgType(row["org_type"]),),
        reason=rest["reason"],
        hold=SampleHold(reason=rest["reason"], revisit_on=date.fromisoformat(rest["revisit_on"])),
    )


def _json_lines(name: str) -> Iterator[dict[str, Any]]:
    with (DATA / name).open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _table(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
