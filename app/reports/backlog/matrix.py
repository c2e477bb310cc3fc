"""Adding up a backlog (滞留の行列): by state, class and age, by holder, the overdue and the oldest.

The upper half of the matrix is by state, the lower by class: a case has a class only from
分類確定 on, so its two halves are state × age and class × age at once.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.reports.backlog.common_dates import CommonDate
from app.reports.backlog.handoff_rows import MinistryLine
from app.reports.backlog.queries import BEFORE_CLASS
from app.reports.backlog.rows import BUCKETS, BacklogRow, Holder
from app.reports.backlog.tally import Cell, Share, Tally, tally_of
from app.reports.report import Amount, SumCheck
from app.rounds.models import Round
from app.workflow.holders import HolderKind
from app.workflow.labels import STATE_LABELS
from app.workflow.states import State

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

    groups: tuple[MatrixGroup, ...]
    whole: MatrixLine
    holders: dict[HolderKind, tuple[HolderLine, ...]]
    # How many have each kind of holder (持ち主の種類別).
    by_kind: dict[HolderKind, int]
    overdue: int
    # The overdue ones that the page tells one by one, the longest first (期限超過).
    overdue_shown: tuple[BacklogRow, ...]
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
        return self.whole.total

    @property
    def before_class(self) -> int:
        """Those without a class yet, as the homes count (分類確定前)."""
        return self.groups[0].subtotal.total


def add_up(rows: Sequence[BacklogRow], round_: Round) -> Backlog:
    """Add up the rows of a backlog (滞留の集計), each looked at once."""
    return backlog_of(tally_of(rows), round_)


def backlog_of(tally: Tally, round_: Round) -> Backlog:
    """Lay out what was counted (滞留の集計)."""
    ages = _Ages(tally.cells)
    by_kind = dict.fromkeys(HolderKind, 0)
    for cell in tally.cells:
        by_kind[cell.kind] += cell.cases
    return Backlog(
        groups=(_before_class(ages), _after_class(ages, round_)),
        whole=_line("計", ages.of(*State), state="backlog"),
        holders={
            kind: _holder_lines(share for share in tally.shares if share.kind is kind)
            for kind in HolderKind
        },
        by_kind=by_kind,
        overdue=tally.overdue,
        overdue_shown=tally.overdue_shown,
        oldest=tally.oldest,
        extended=tally.extended,
    )


def _before_class(ages: "_Ages") -> MatrixGroup:
    return MatrixGroup(
        title=BEFORE_TITLE,
        lines=tuple(
            _line(STATE_LABELS[state], ages.of(state), state=state.value) for state in BEFORE_CLASS
        ),
        subtotal=_line(f"{BEFORE_WORDS} 小計", ages.of(*BEFORE_CLASS), state="open"),
    )


def _after_class(ages: "_Ages", round_: Round) -> MatrixGroup:
    state = State.CLASSIFIED
    return MatrixGroup(
        title=AFTER_TITLE,
        lines=tuple(
            _line(
                category.short_label,
                ages.of(category.key),
                code=category.code,
                state=state.value,
                category=category.key,
            )
            for category in round_.scheme.categories
        ),
        subtotal=_line(f"{AFTER_WORDS} 小計", ages.of(state), state=state.value),
    )


class _Ages:
    """Cases by state or class, and by range of ages (状態・分類と滞留日数の件数)."""

    def __init__(self, cells: Iterable[Cell]) -> None:
        self._counts: dict[State | str, list[int]] = {}
        for cell in cells:
            words = (cell.state, cell.category_key) if cell.category_key else (cell.state,)
            for word in words:
                self._counts.setdefault(word, [0] * len(BUCKETS))[cell.place] += cell.cases

    def of(self, *words: State | str) -> tuple[int, ...]:
        """Counts by range of ages of all these together (区分ごとの件数)."""
        empty = [0] * len(BUCKETS)
        lines = [self._counts.get(word, empty) for word in words]
        return tuple(map(sum, zip(*lines, strict=True)))


def _line(label: str, counts: tuple[int, ...], *, code: str = "", **asked: str) -> MatrixLine:
    return MatrixLine(label=label, code=code, counts=counts, asked=asked)


def _holder_lines(shares: Iterable[Share]) -> tuple[HolderLine, ...]:
    by_holder: dict[str, list[Share]] = {}
    for share in shares:
        by_holder.setdefault(share.holder.key, []).append(share)
    lines = [_holder_line(own[-1].holder, own) for own in by_holder.values()]
    return tuple(sorted(lines, key=lambda line: (-line.cases, line.name, line.key)))


def _holder_line(holder: Holder, shares: Sequence[Share]) -> HolderLine:
    by_state: Counter[State] = Counter()
    for share in shares:
        by_state[share.state] += share.cases
    in_review, in_confirmation = by_state[State.IN_REVIEW], by_state[State.IN_CONFIRMATION]
    return HolderLine(
        key=holder.key,
        name=holder.name,
        in_review=in_review,
        in_confirmation=in_confirmation,
        others=by_state.total() - in_review - in_confirmation,
        overdue=sum(share.overdue for share in shares),
        oldest=max(share.oldest for share in shares),
    )


def checks_of(backlog: Backlog, counted_anew: int) -> tuple[SumCheck, ...]:
    """What a careful reader would try (検算): rows, columns and holders against a second count."""
    whole = Amount(ALL_WORDS, counted_anew)
    lines = [line for group in backlog.groups for line in group.lines]
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
            parts=tuple(
                Amount(HOLDER_WORDS[kind], count) for kind, count in backlog.by_kind.items()
            ),
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
        "overdue": backlog.overdue,
        "extended": backlog.extended,
        "oldest": backlog.oldest[0].age if backlog.oldest else 0,
    }
