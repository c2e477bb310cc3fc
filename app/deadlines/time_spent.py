"""Whose time a case took (時間の内訳): own, proposer, ministry and waiting add up to the whole.

Office time is the time that lies on office days, each of them from 0:00 to 24:00 JST, in the
calendar of the secretariat. It adds up over any cut, so the parts make the whole exactly.
See docs/decisions/0038.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from app.core import clock
from app.core.calendar import OfficeCalendar
from app.core.closing_days import office_calendar
from app.proposals.clocks import clocks_of
from app.proposals.models import CaseClock, ClockEnd, Proposal
from app.workflow.terms import Holder, Term

ZERO = timedelta(0)
ONE_DAY = timedelta(days=1)


class Part(StrEnum):
    """Whose time it was (だれの時間か)."""

    OWN = "own"
    WAITING = "waiting"
    PROPOSER = "proposer"
    MINISTRY = "ministry"
    RESTING = "resting"


PART_LABELS: dict[Part, str] = {
    Part.OWN: "事務局",
    Part.WAITING: "保留（ペンディング）",
    Part.PROPOSER: "提案団体",
    Part.MINISTRY: "府省庁",
    Part.RESTING: "だれの番でもない（仕分け済み・統合中）",
}
PART_OF_HOLDER = {
    Holder.SECRETARIAT: Part.OWN,
    Holder.PROPOSER: Part.PROPOSER,
    Holder.MINISTRY: Part.MINISTRY,
}


class Span(NamedTuple):
    """A stretch of time in one hand (だれかの番だった間); `ended_at` None while it lasts."""

    part: Part
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class TimeSpent:
    """How the office time of a case was spent (時間の内訳), `whole` reckoned by itself."""

    parts: dict[Part, timedelta]
    whole: timedelta
    started_at: datetime
    ended_at: datetime
    is_running: bool

    @property
    def adds_up(self) -> bool:
        """Whether the parts make the whole exactly (検算)."""
        return sum(self.parts.values(), ZERO) == self.whole


def time_spent(proposal: Proposal) -> TimeSpent | None:
    """How the time of a case was spent up to now (時間の内訳), None before it was submitted."""
    return split_time(spans_of(clocks_of(proposal)), clock.now(), office_calendar())


def spans_of(clocks: Iterable[CaseClock]) -> list[Span]:
    """Stretches of a case from its clocks, the oldest first (時計から見た番).

    A run that was taken back (操作の取消し) is as if it had not been: the one before ran on.
    """
    kept = [row for row in clocks if row.end is not ClockEnd.REPLACED]
    kept.sort(key=lambda row: (row.started_at, row.id))
    return [Span(_part_of(row), row.started_at, row.ended_at) for row in kept]


def split_time(
    spans: Sequence[Span], until: datetime, calendar: OfficeCalendar
) -> TimeSpent | None:
    """Split the office time from the first span to its end or `until` (時間の内訳); None for none.

    Between two spans nobody had to move. Time after the last one counts no more.
    """
    if not spans:
        return None
    is_running = any(span.ended_at is None for span in spans)
    start = spans[0].started_at
    end = max(_end(span, until) for span in spans)
    parts = dict.fromkeys(Part, ZERO)
    reached = start
    for span in spans:
        begin, stop = max(span.started_at, reached), _end(span, until)
        if begin > reached:
            parts[Part.RESTING] += office_time(reached, begin, calendar)
        if stop > begin:
            parts[span.part] += office_time(begin, stop, calendar)
            reached = stop
    return TimeSpent(
        parts=parts,
        whole=office_time(start, end, calendar),
        started_at=start,
        ended_at=end,
        is_running=is_running,
    )


def office_time(start: datetime, end: datetime, calendar: OfficeCalendar) -> timedelta:
    """Time between two instants that lies on office days, 0:00-24:00 JST (開庁時間).

    Zero when `end` is not after `start`. Raises CalendarRangeError past the last valid year.
    """
    if end <= start:
        return ZERO
    first, last = clock.to_jst(start), clock.to_jst(end)
    # Whole office days from the first to the day before the last one, then both rests.
    days = calendar.office_days_between(first.date() - ONE_DAY, last.date() - ONE_DAY)
    return days * ONE_DAY - _since_midnight(first, calendar) + _since_midnight(last, calendar)


def office_days_words(spent: timedelta) -> str:
    """Office time in office days with one decimal (開庁日)."""
    return f"{spent / ONE_DAY:.1f}"


def _since_midnight(instant: datetime, calendar: OfficeCalendar) -> timedelta:
    if not calendar.is_office_day(instant.date()):
        return ZERO
    return instant - instant.replace(hour=0, minute=0, second=0, microsecond=0)


def _part_of(row: CaseClock) -> Part:
    return Part.WAITING if row.term is Term.REVISIT else PART_OF_HOLDER[row.holder]


def _end(span: Span, until: datetime) -> datetime:
    return span.ended_at if span.ended_at is not None else max(until, span.started_at)
