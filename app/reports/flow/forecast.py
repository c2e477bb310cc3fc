"""When the last class will be fixed (全件確定の見込み): trials with the days that were.

A trial draws one past office day after the other at random, with putting back, until what is left
is done. Of 2,000 trials the date is taken by which half of them were done, and 85 % of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import accumulate
from random import Random

from app.core.calendar import CalendarRangeError, OfficeCalendar
from app.reports.flow.question import FlowQuestion
from app.reports.flow.ranks import HIGH, MEDIAN, percentile
from app.reports.flow.series import DayLine

TRIALS = 2_000
FEWEST_CLOSURES = 10
# Days drawn at a time: most trials are over within a few of these.
_BATCH = 16


class Outlook(StrEnum):
    """What can be said of the end (見込みの種類)."""

    NOTHING_LEFT = "nothing_left"
    TOO_LITTLE = "too_little"
    NOT_SHRINKING = "not_shrinking"
    BEYOND_CALENDAR = "beyond_calendar"
    DATES = "dates"


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Office days that were (速さ): how many cases less were open after each, new ones apart."""

    days: tuple[date, ...]
    classified: int
    resumed: int
    net: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """The answer (全件確定の見込み). `likely` is the 85 % date; either is None beyond the calendar.

    `remaining` are the cases whose class is open, `pending` those of them that wait (ペンディング).
    """

    outlook: Outlook
    remaining: int
    pending: int
    pace: Pace
    seed: int
    half: date | None = None
    likely: date | None = None
    last_valid_year: int


def forecast_of(
    lines: Sequence[DayLine], pending: int, question: FlowQuestion, calendar: OfficeCalendar
) -> Forecast:
    """Foretell when the class of every case is fixed, from the day lines (全件確定の見込み).

    Neither cases to come nor those that go back to work beyond the pace are foreseen.
    """
    remaining = lines[-1].open if lines else 0
    no_pace = Pace(days=(), classified=0, resumed=0, net=())
    try:
        pace = pace_of(lines, question, calendar)
        outlook = _outlook(remaining, pace)
        half, likely = (
            _dates(pace.net, remaining, lines[-1].day, question.seed, calendar)
            if outlook is Outlook.DATES
            else (None, None)
        )
    except CalendarRangeError:
        pace, half, likely = no_pace, None, None
        outlook = Outlook.BEYOND_CALENDAR if remaining else Outlook.NOTHING_LEFT
    if outlook is Outlook.DATES and half is None:
        outlook = Outlook.BEYOND_CALENDAR
    return Forecast(
        outlook=outlook,
        remaining=remaining,
        pending=pending,
        pace=pace,
        seed=question.seed,
        half=half,
        likely=likely,
        last_valid_year=calendar.last_valid_year,
    )


def pace_of(lines: Sequence[DayLine], question: FlowQuestion, calendar: OfficeCalendar) -> Pace:
    """The last whole office days (直近の開庁日): a day that is not over is left out.

    What was done on a closed day counts with the office day before it. There are no days before
    the first submission, and so fewer than asked for in a young round.
    """
    last = question.last_whole_day
    found: list[date] = []
    net: list[int] = []
    classified = resumed = waiting = 0
    for line in reversed(lines):
        if line.day > last:
            continue
        waiting += line.classified - line.resumed
        classified += line.classified
        resumed += line.resumed
        if calendar.is_office_day(line.day):
            found.append(line.day)
            net.append(waiting)
            waiting = 0
            if len(found) == question.days:
                break
    return Pace(
        days=tuple(reversed(found)),
        classified=classified,
        resumed=resumed,
        net=tuple(reversed(net)),
    )


def _outlook(remaining: int, pace: Pace) -> Outlook:
    if not remaining:
        return Outlook.NOTHING_LEFT
    if pace.classified < FEWEST_CLOSURES:
        return Outlook.TOO_LITTLE
    return Outlook.DATES if sum(pace.net) > 0 else Outlook.NOT_SHRINKING


def _dates(
    net: Sequence[int], remaining: int, day: date, seed: int, calendar: OfficeCalendar
) -> tuple[date | None, date | None]:
    horizon = calendar.office_days_between(day, date(calendar.last_valid_year, 12, 31))
    lengths = trials(net, remaining, horizon, seed)
    half, likely = (percentile(lengths, percent) for percent in (MEDIAN, HIGH))
    return _date(half, horizon, day, calendar), _date(likely, horizon, day, calendar)


def _date(days: int | None, horizon: int, day: date, calendar: OfficeCalendar) -> date | None:
    if days is None or days > horizon:
        return None
    return calendar.add_office_days(day, days)


def trials(net: Sequence[int], remaining: int, horizon: int, seed: int) -> list[int]:
    """Office days until nothing is left, one number a trial (試行).

    `horizon` + 1 stands for a trial that was not done within `horizon` days. The same seed gives
    the same numbers.
    """
    numbers = Random(seed)  # noqa: S311 - no secret: whoever knows the seed gets the same answer
    return [_trial(numbers, net, remaining, horizon) for _ in range(TRIALS)]


def _trial(numbers: Random, net: Sequence[int], remaining: int, horizon: int) -> int:
    left, days = remaining, 0
    while days < horizon:
        for done in accumulate(numbers.choices(net, k=_BATCH)):
            days += 1
            if done >= left:
                return min(days, horizon + 1)
        left -= done
    return horizon + 1
