"""Adding up a backlog (滞留の行列): by state, class and age, by holder, the overdue and the oldest.

The upper half of the matrix is by state, the lower by class: a case has a class only from
分類確定 on, so its two halves are state × age and class × age at once.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from app.reports.backlog.common_dates import CommonDate
from app.reports.backlog.handoff_rows import MinistryLine
from app.reports.backlog.queries import BEFORE_CLASS
from app.reports.backlog.rows import BUCKETS, BacklogRow, HolderKind
from app.reports.report import Amount, SumCheck
from app.rounds.models import Round
from app.workflow.labels import STATE_LABELS
from app.workflow.states import State

OLDEST_SHOWN = 10
BEFORE_TITLE = "分類が決まるまで"
AFTER_TITLE = "分類が決まった後（終了していないもの）"
BEFORE_WORDS, AFTER_WORDS, ALL_WORDS = "分類確定前", "分類確定・未終了", "滞留"


@dataclass(frozen=True, kw_only=True)
class MatrixLine:
    """A line of the matrix (行列の行): cases by range of ages, and what its list is narrowed to."""

    label: str
    code: str
    counts: tuple[int, ...]
    asked: dict[str, str]

    @property
    def total(self) -> int:
        """Its row sum (計)."""
        return sum(self.counts)


@dataclass(frozen=True, kw_only=True)
class MatrixGroup:
    """One half of the matrix with its subtotal (行列の区分)."""

    title: str
    lines: tuple[MatrixLine, ...]
    subtotal: MatrixLine


@dataclass(frozen=True, kw_only=True)
class HolderLine:
    """What one holder has (持ち主別の手持ち). A case of two reviewers stands with each of them."""

    key: str
    name: str
    in_review: int
    in_confirmation: int
    others: int
    overdue: int
    oldest: int

    @property
    def cases(self) -> int:
        """All it has (手持ち)."""
        return self.in_review + self.in_confirmation + self.others


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """The backlog of a round at an instant, added up (滞留の集計)."""

    rows: tuple[BacklogRow, ...]
    groups: tuple[MatrixGroup, ...]
    whole: MatrixLine
    holders: dict[HolderKind, tuple[HolderLine, ...]]
    overdue: tuple[BacklogRow, ...]
    oldest: tuple[BacklogRow, ...]
    extended: int
    # Titles of the overdue and the oldest as they read now, by id (提案概要).
    titles: dict[int, str] = field(default_factory=dict)
    # All that was not settled a week earlier (前週の滞留), None where that is not asked.
    week_ago: int | None = None
    # Hand-offs that were not over, by destination (府省庁別の送付); None where none were stored.
    ministries: tuple[MinistryLine, ...] | None = None
    # Dates of candidates and plans, as the weekly report stored them (候補・方針の期日).
    common_dates: tuple[CommonDate, ...] = ()

    @property
    def total(self) -> int:
        """All cases that are not settled (滞留)."""
        return len(self.rows)

    @property
    def before_class(self) -> int:
        """Those without a class yet, as the homes count (分類確定前)."""
        return self.groups[0].subtotal.total


def add_up(rows: Sequence[BacklogRow], round_: Round) -> Backlog:
    """Add up the rows of a backlog (滞留の集計)."""
    before = MatrixGroup(
        title=BEFORE_TITLE,
        lines=tuple(_state_line(state, rows) for state in BEFORE_CLASS),
        subtotal=_line(
            f"{BEFORE_WORDS} 小計", rows, lambda row: row.state in BEFORE_CLASS, state="open"
        ),
    )
    after = MatrixGroup(
        title=AFTER_TITLE,
        lines=tuple(
            _class_line(category.key, category.code, category.short_label, rows)
            for category in round_.scheme.categories
        ),
        subtotal=_line(
            f"{AFTER_WORDS} 小計",
            rows,
            lambda row: row.state is State.CLASSIFIED,
            state=State.CLASSIFIED.value,
        ),
    )
    late = [row for row in rows if row.overdue]
    return Backlog(
        rows=tuple(rows),
        groups=(before, after),
        whole=_line("計", rows, lambda _row: True, state="backlog"),
        holders={kind: _holder_lines(kind, rows) for kind in HolderKind},
        overdue=tuple(sorted(late, key=lambda row: (-row.overdue, row.number))),
        oldest=tuple(sorted(rows, key=lambda row: (-row.age, row.since, row.number)))[
            :OLDEST_SHOWN
        ],
        extended=sum(row.is_extended for row in rows),
    )


def _state_line(state: State, rows: Sequence[BacklogRow]) -> MatrixLine:
    return _line(STATE_LABELS[state], rows, lambda row: row.state is state, state=state.value)


def _class_line(key: str, code: str, label: str, rows: Sequence[BacklogRow]) -> MatrixLine:
    return _line(
        label,
        rows,
        lambda row: row.category_key == key,
        code=code,
        state=State.CLASSIFIED.value,
        category=key,
    )


def _line(
    label: str,
    rows: Iterable[BacklogRow],
    belongs: Callable[[BacklogRow], bool],
    *,
    code: str = "",
    **asked: str,
) -> MatrixLine:
    counts = dict.fromkeys(BUCKETS, 0)
    for row in rows:
        if belongs(row):
            counts[row.bucket] += 1
    return MatrixLine(label=label, code=code, counts=tuple(counts.values()), asked=asked)


def _holder_lines(kind: HolderKind, rows: Sequence[BacklogRow]) -> tuple[HolderLine, ...]:
    by_holder: dict[str, list[BacklogRow]] = {}
    names: dict[str, str] = {}
    for row in rows:
        for holder in row.holders if row.holder_kind is kind else ():
            by_holder.setdefault(holder.key, []).append(row)
            names[holder.key] = holder.name
    lines = [_holder_line(key, names[key], cases) for key, cases in by_holder.items()]
    return tuple(sorted(lines, key=lambda line: (-line.cases, line.name, line.key)))


def _holder_line(key: str, name: str, cases: Sequence[BacklogRow]) -> HolderLine:
    in_review = sum(row.state is State.IN_REVIEW for row in cases)
    in_confirmation = sum(row.state is State.IN_CONFIRMATION for row in cases)
    return HolderLine(
        key=key,
        name=name,
        in_review=in_review,
        in_confirmation=in_confirmation,
        others=len(cases) - in_review - in_confirmation,
        overdue=sum(row.overdue > 0 for row in cases),
        oldest=max(row.age for row in cases),
    )


def checks_of(backlog: Backlog, counted_anew: int) -> tuple[SumCheck, ...]:
    """What a careful reader would try (検算): rows, columns and holders against a second count."""
    whole = Amount(ALL_WORDS, counted_anew)
    lines = [line for group in backlog.groups for line in group.lines]
    by_kind = dict.fromkeys(HolderKind, 0)
    for row in backlog.rows:
        by_kind[row.holder_kind] += 1
    return (
        SumCheck(
            parts=tuple(
                Amount(group.subtotal.label, group.subtotal.total) for group in backlog.groups
            ),
            whole=whole,
        ),
        SumCheck(
            parts=tuple(
                Amount(bucket.label, sum(line.counts[place] for line in lines))
                for place, bucket in enumerate(BUCKETS)
            ),
            whole=whole,
        ),
        SumCheck(
            parts=tuple(Amount(HOLDER_WORDS[kind], count) for kind, count in by_kind.items()),
            whole=whole,
        ),
    )


HOLDER_WORDS = {
    HolderKind.REVIEWER: "担当",
    HolderKind.POOL: "形式確認・総括",
    HolderKind.BODY: "提案団体",
    HolderKind.MINISTRY: "府省庁",
}


def figures_of(backlog: Backlog) -> dict[str, int]:
    """Totals of a backlog (滞留の数字), as they are stored and told by mail."""
    return {
        "total": backlog.total,
        "before_class": backlog.before_class,
        "overdue": len(backlog.overdue),
        "extended": backlog.extended,
        "oldest": backlog.oldest[0].age if backlog.oldest else 0,
    }
