"""How many cases stood where, day by day (日ごとの件数): replayed from the trail, never stored."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from app.core.calendar import ONE_DAY
from app.reports.flow.histories import COUNTED_STATES, OPEN_STATES, SETTLED_STATES, History
from app.workflow.states import State

WEEK = 7
# More weeks than this are drawn by the month.
MOST_WEEKS = 53


@dataclass(frozen=True, kw_only=True)
class DayLine:
    """One day of JST (日ごとの件数): where the cases stood at its end, and what happened on it."""

    day: date
    by_state: dict[State, int]
    classified: int
    resumed: int

    @property
    def total(self) -> int:
        """Cases that count (受付): neither withdrawn nor gone into another one."""
        return sum(self.by_state[state] for state in COUNTED_STATES)

    @property
    def open(self) -> int:
        """Cases whose class is not fixed (分類が確定していない)."""
        return sum(self.by_state[state] for state in OPEN_STATES)

    @property
    def settled(self) -> int:
        """Cases whose class is fixed, the closed ones among them (分類確定)."""
        return sum(self.by_state[state] for state in SETTLED_STATES)

    @property
    def withdrawn(self) -> int:
        """Cases that were withdrawn and count no more (取下げ)."""
        return self.by_state[State.WITHDRAWN]

    @property
    def merged(self) -> int:
        """Cases that went into another one and count no more (統合済み)."""
        return self.by_state[State.MERGED]

    @property
    def closed(self) -> int:
        """Cases that are closed (終了)."""
        return self.by_state[State.CLOSED]


@dataclass(frozen=True, kw_only=True)
class Span:
    """Some days in a row (週・月): what happened in them."""

    first: date
    last: date
    classified: int
    resumed: int


def day_lines(cases: Iterable[History], last: date) -> list[DayLine]:
    """Count the cases of every day from the first submission to `last` (日ごとの件数)."""
    cases = list(cases)
    if not cases:
        return []
    changes: Counter[tuple[date, State]] = Counter()
    for case in cases:
        for stay in case.stays:
            changes[stay.since, stay.state] += 1
            if stay.until is not None:
                changes[stay.until, stay.state] -= 1
    classified = Counter(day for case in cases for day in case.classified_on)
    resumed = Counter(day for case in cases for day in case.resumed_on)
    lines = []
    standing: Counter[State] = Counter()
    for day in days_between(min(case.submitted_on for case in cases), last):
        for state in State:
            standing[state] += changes[day, state]
        lines.append(
            DayLine(
                day=day,
                by_state=dict(standing),
                classified=classified[day],
                resumed=resumed[day],
            )
        )
    return lines


def days_between(first: date, last: date) -> list[date]:
    """Every day from the first to the last (日の並び)."""
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


def is_long(lines: Sequence[DayLine]) -> bool:
    """Whether so many days are counted by the month (月ごと), not by the week."""
    return len(lines) > MOST_WEEKS * WEEK


def spans(lines: Sequence[DayLine]) -> list[Span]:
    """Throughput by the week from Monday on, over more than a year by the month (週・月ごと)."""
    is_monthly = is_long(lines)
    groups: dict[date, list[DayLine]] = {}
    for line in lines:
        start = line.day.replace(day=1) if is_monthly else line.day - line.day.weekday() * ONE_DAY
        groups.setdefault(start, []).append(line)
    return [
        Span(
            first=group[0].day,
            last=group[-1].day,
            classified=sum(line.classified for line in group),
            resumed=sum(line.resumed for line in group),
        )
        for group in groups.values()
    ]


def last_movement(lines: Sequence[DayLine]) -> date:
    """The last day at whose end the cases stood otherwise than before, or were classified."""
    last = lines[0]
    for before, line in pairwise(lines):
        if line.by_state != before.by_state or line.classified or line.resumed:
            last = line
    return last.day
