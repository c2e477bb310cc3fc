"""Counts by category with the response policies (分類別の件数と対応方針)."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from app.accounts.models import User
from app.core import clock
from app.core.tabular import Column, Table
from app.reports.cases import RoundCases, has_any_conflict, round_cases
from app.reports.counting import NOW, Counting
from app.reports.present_counts import PresentCounts, present_counts
from app.reports.published import PENDING as PENDING_FIGURE
from app.reports.published import Counted, category_figure
from app.reports.queries import StateCounts, count_now, count_whole, counts_of, state_counts
from app.reports.reader import comparison_of, notes_for
from app.reports.report import Amount, Report, SumCheck, notes_of
from app.rounds.models import Category, Round
from app.workflow.states import State

NAME = "classification"
TITLE = "分類別の件数と対応方針"
PENDING = "PENDING"
PENDING_LABEL = "ペンディング"
UNDECIDED = "UNDECIDED"
UNDECIDED_LABEL = "仕分け中（分類未定）"
# Heading of the group as the meeting paper prints it (「F.上記以外のもの」); a group that the paper
# does not have stands under its letter alone. Each text is a line: the column is narrow.
GROUP_LABELS = {"F": ("上記以外", "のもの")}

COLUMNS = (
    Column("code", "記号", width=10),
    Column("label", "分類", width=60),
    Column("count", "件数", kind="integer", width=8),
    Column("response_policy", "対応方針", width=60),
)
RECORD_COLUMNS = (COLUMNS[0], Column("key", "キー"), COLUMNS[1], COLUMNS[3], COLUMNS[2])


@dataclass(frozen=True, kw_only=True)
class CategoryLine:
    """A category with its count (分類の行); `share` is the fraction of all proposals."""

    code: str
    key: str
    label: str
    response_policy: str
    group_code: str
    count: int
    share: float | None


@dataclass(frozen=True, kw_only=True)
class Section:
    """Neighbouring categories that are summed up together (小計のまとまり): A–E, F."""

    code: str
    label_lines: tuple[str, ...]
    lines: tuple[CategoryLine, ...]
    share: float | None

    @property
    def title(self) -> str:
        """Codes the sub-total stands for (小計の見出し): 「A–E」, 「F」."""
        first, last = self.lines[0].code, self.lines[-1].code
        return self.code or (first if first == last else f"{first}–{last}")

    @property
    def count(self) -> int:
        """Proposals of the section (小計)."""
        return sum(line.count for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class Classification:
    """All proposals of a round by category, and those that have none (分類別の件数)."""

    sections: tuple[Section, ...]
    pending: int
    undecided_by_state: Mapping[State, int]
    proposals: int
    organizations: int

    @property
    def lines(self) -> list[CategoryLine]:
        """Every category in the order of the scheme (分類の行)."""
        return [line for section in self.sections for line in section.lines]

    @property
    def classified(self) -> int:
        """Proposals with a category (分類済み)."""
        return sum(section.count for section in self.sections)

    @property
    def undecided(self) -> int:
        """Proposals on the desk, without a category yet (分類未定)."""
        return sum(self.undecided_by_state.values())

    @property
    def largest(self) -> int:
        """The longest bar (最大の件数)."""
        return max([self.pending, self.undecided, *(line.count for line in self.lines)])

    def share_of(self, count: int) -> float | None:
        """Fraction of all proposals (割合), None while there are none."""
        return share(count, self.proposals)


def build_classification(
    round_: Round, reader: User | None = None, counting: Counting = NOW
) -> Report:
    """Count the round by category (分類別の件数と対応方針), without what is kept from the reader.

    Every category of the scheme has its row, also one added in mid-round, then the cases that are
    still on the desk if there are any, then the pending ones: the sum is the number of proposals.
    """
    cases: RoundCases | PresentCounts
    if counting.end is None and (reader is None or not has_any_conflict(reader)):
        cases = present_counts(round_, counting.basis)
        whole = count_now(round_, counting.basis)
    else:
        cases = round_cases(round_, reader, counting)
        whole = count_whole(round_, cases, counting)
    counted = count_classification(round_, cases)
    checks = (_identity(counted, whole),)
    comparison = comparison_of(round_, cases, counting, _counted_figures(counted))
    title = f"{TITLE}（{round_.label}）"
    rows = _rows(counted)
    total = {"label": "提案 計", "count": counted.proposals}
    notes = (*notes_for(cases, counting), *notes_of(checks, comparison))
    return Report(
        name=NAME,
        title=TITLE,
        round=round_,
        counted_at=clock.now(),
        total=counted.proposals,
        table=Table(title=title, columns=COLUMNS, rows=rows, total=total, notes=notes),
        records=Table(title=title, columns=RECORD_COLUMNS, rows=rows, total=total, notes=notes),
        checks=checks,
        comparison=comparison,
        content=counted,
        counting=counting,
        is_whole=cases.is_whole,
    )


def count_classification(
    round_: Round, cases: RoundCases | PresentCounts | None = None
) -> Classification:
    """Add the cases of the round up by category (分類別の件数); all of now where none are given."""
    cases = cases or present_counts(round_, NOW.basis)
    if isinstance(cases, PresentCounts):
        counts, proposals = counts_of(cases.by_standing), cases.proposals
        organizations = cases.organizations
    else:
        counts, proposals = state_counts(cases), len(cases.counted)
        organizations = len({case.organization_id for case in cases.with_bodies})
    return Classification(
        sections=_sections(round_.scheme.categories, counts, proposals),
        pending=counts.pending,
        undecided_by_state=counts.undecided,
        proposals=proposals,
        organizations=organizations,
    )


def share(count: int, whole: int) -> float | None:
    """Fraction of the whole (割合), None when the whole is nothing."""
    return count / whole if whole else None


def _sections(
    categories: list[Category], counts: StateCounts, proposals: int
) -> tuple[Section, ...]:
    sections = []
    for code, members in groupby(categories, key=lambda category: category.group_code):
        lines = tuple(
            _line(category, counts.by_category.get(category.id, 0), proposals)
            for category in members
        )
        total = sum(line.count for line in lines)
        sections.append(
            Section(
                code=code,
                label_lines=GROUP_LABELS.get(code, ()),
                lines=lines,
                share=share(total, proposals),
            )
        )
    return tuple(sections)


def _line(category: Category, count: int, proposals: int) -> CategoryLine:
    return CategoryLine(
        code=category.code,
        key=category.key,
        label=category.label,
        response_policy=category.response_policy,
        group_code=category.group_code,
        count=count,
        share=share(count, proposals),
    )


def _rows(counted: Classification) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [
        {
            "code": line.code,
            "key": line.key,
            "label": line.label,
            "response_policy": line.response_policy,
            "count": line.count,
        }
        for line in counted.lines
    ]
    if counted.undecided:
        rows.append(_plain_row(UNDECIDED, UNDECIDED_LABEL, counted.undecided))
    rows.append(_plain_row(PENDING, PENDING_LABEL, counted.pending))
    return rows


def _plain_row(code: str, label: str, count: int) -> dict[str, object]:
    key = code.lower()
    return {"code": code, "key": key, "label": label, "response_policy": "", "count": count}


def _identity(counted: Classification, whole: int) -> SumCheck:
    parts = [Amount("分類済み", counted.classified), Amount(PENDING_LABEL, counted.pending)]
    if counted.undecided:
        parts.append(Amount(UNDECIDED_LABEL, counted.undecided))
    return SumCheck(parts=tuple(parts), whole=Amount("提案", whole))


def _counted_figures(counted: Classification) -> list[Counted]:
    figures = [(category_figure(line.key), line.code, line.count) for line in counted.lines]
    return [*figures, (PENDING_FIGURE, PENDING_LABEL, counted.pending)]
