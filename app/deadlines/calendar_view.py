"""The calendar of a year to be read and compared (暦の画面): closed days month by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.core.calendar import NEW_YEAR_RECESS, OfficeCalendar
from app.core.closing_days import office_calendar
from app.deadlines.labels import HOLDER_LABELS, deadline_label
from app.deadlines.moves import Move, standing_announced
from app.extensions import db
from app.proposals.models import CaseClock, Proposal
from app.proposals.queries import has_conflict
from app.rounds.models import Round

FIRST_YEAR = 2019
WEEKEND = ("土曜日", "日曜日")
MONTHS_OF_WARNING = 6


class ClosedDay(NamedTuple):
    """A closed day with its reason (閉庁日); `is_entered` for one that an administrator entered."""

    day: date
    reason: str
    is_entered: bool


class MonthLine(NamedTuple):
    """A month of the calendar (暦の月): its closed days beside weekends, and its office days."""

    first: date
    closed: list[ClosedDay]
    office_days: int


@dataclass(frozen=True, kw_only=True)
class YearView:
    """A year of the calendar (暦の年)."""

    year: int
    months: list[MonthLine]
    office_days: int
    previous_year: int | None
    next_year: int | None


class MoveLine(NamedTuple):
    """A date that moves, in words (動く期限の行)."""

    reference: str
    round_label: str
    is_practice: bool
    term: str
    holder: str
    old: date
    new: date


def year_view(year: int) -> YearView:
    """Closed days of a year, month by month (暦の一年); a year out of range is the nearest one."""
    calendar = office_calendar()
    year = min(max(year, FIRST_YEAR), calendar.last_valid_year)
    months = [_month(calendar, date(year, month, 1)) for month in range(1, 13)]
    return YearView(
        year=year,
        months=months,
        office_days=sum(month.office_days for month in months),
        previous_year=year - 1 if year > FIRST_YEAR else None,
        next_year=year + 1 if year < calendar.last_valid_year else None,
    )


def unconfirmed_days(year: int) -> list[ClosedDay]:
    """What the kept library says of a year that nobody has confirmed yet (確定前の祝日)."""
    open_ended = OfficeCalendar(last_valid_year=year)
    return [
        line
        for month in range(1, 13)
        for line in _month(open_ended, date(year, month, 1)).closed
        if line.reason != NEW_YEAR_RECESS
    ]


def is_ending() -> bool:
    """Whether the last valid year ends so soon that the next one is to be confirmed (暦の期限)."""
    end = date(office_calendar().last_valid_year, 12, 31)
    return end - clock.today() < timedelta(days=31 * MONTHS_OF_WARNING)


def move_lines(moves: Sequence[Move], reader: User) -> list[MoveLine]:
    """Moves as lines to be read before they are done, the practice rounds last (動く期限の一覧).

    Numbers and dates, no content; cases the reader has a conflict of interest with are left out.
    """
    hidden = _conflicted([move.proposal.id for move in moves], reader)
    lines = [
        _line(move.clock, move.proposal, move.due_on)
        for move in moves
        if move.proposal.id not in hidden
    ]
    return sorted(lines, key=lambda line: (line.is_practice, line.reference))


def announced_lines(day: date, reader: User) -> list[MoveLine]:
    """Announced dates on a day that becomes a closed one: they stand (動かない日付指定)."""
    found = standing_announced(day)
    hidden = _conflicted([proposal.id for _row, proposal in found], reader)
    return [
        _line(row, proposal, row.due_on) for row, proposal in found if proposal.id not in hidden
    ]


def rounds_ending_on(day: date) -> list[Round]:
    """Rounds whose announced end lies on a day: it stands (動かない募集期限)."""
    start = clock.jst(day.year, day.month, day.day)
    ends = Round.closes_at.between(start, start + timedelta(days=1))
    return list(db.session.scalars(select(Round).where(ends).order_by(Round.id)))


def _line(row: CaseClock, proposal: Proposal, new: date) -> MoveLine:
    return MoveLine(
        reference=proposal.reference,
        round_label=proposal.round.label,
        is_practice=proposal.round.is_practice,
        term=deadline_label(row.term),
        holder=HOLDER_LABELS[row.holder],
        old=row.due_on,
        new=new,
    )


def _conflicted(ids: Sequence[int], reader: User) -> set[int]:
    found = select(Proposal.id).where(Proposal.id.in_(list(ids)), has_conflict(reader.id))
    return set(db.session.scalars(found)) if ids else set()


def _month(calendar: OfficeCalendar, first: date) -> MonthLine:
    following = (first + timedelta(days=31)).replace(day=1)
    days = [first + timedelta(days=count) for count in range((following - first).days)]
    reasons = {day: calendar.closing_reason(day) for day in days}
    closed = [
        ClosedDay(day, reason, day in calendar.extra_closed)
        for day, reason in reasons.items()
        if reason is not None and reason not in WEEKEND
    ]
    return MonthLine(first, closed, sum(reason is None for reason in reasons.values()))
