"""Plausible instants in office hours (執務時間の時刻), the same for the same seed."""

from datetime import date, datetime, timedelta
from random import Random

from app.core import clock
from app.core.calendar import DEFAULT_CALENDAR

OPENING_MINUTE = 9 * 60
CLOSING_MINUTE = 17 * 60 + 15
# Two acts on one case are never closer than this.
SHORTEST_MINUTES = 12


def office_days(first: date, last: date) -> list[date]:
    """Office days from the first to the last day, both included (開庁日)."""
    days = (first + timedelta(days=count) for count in range((last - first).days + 1))
    return [day for day in days if DEFAULT_CALENDAR.is_office_day(day)]


def office_day_before(day: date, count: int) -> date:
    """The office day that lies `count` office days before a day; 1 is the last one before it."""
    while count > 0:
        day -= timedelta(days=1)
        count -= DEFAULT_CALENDAR.is_office_day(day)
    return day


def instant_on(day: date, rng: Random) -> datetime:
    """Some second of the office hours of a day."""
    return _at(day, rng.randrange(OPENING_MINUTE, CLOSING_MINUTE), rng)


def instant_after(before: datetime, days: int, rng: Random) -> datetime:
    """Some second of the office hours, `days` office days after an instant (JST).

    On the day itself it lies later than the instant; too late in the day, it is the next morning.
    """
    local = clock.to_jst(before)
    earliest = local.hour * 60 + local.minute + SHORTEST_MINUTES
    if days == 0 and earliest < CLOSING_MINUTE:
        return _at(local.date(), rng.randrange(max(earliest, OPENING_MINUTE), CLOSING_MINUTE), rng)
    return instant_on(DEFAULT_CALENDAR.add_office_days(local.date(), max(days, 1)), rng)


def _at(day: date, minute: int, rng: Random) -> datetime:
    hour, rest = divmod(minute, 60)
    return clock.jst(day.year, day.month, day.day, hour, rest, rng.randrange(60))
