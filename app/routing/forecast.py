"""When replies can be expected (回答の見込み): from the past times of a ministry, stated simply.

Not a model: the times a ministry took for its own replies, in order, lengthened when it would have
more in hand at once than it ever had among those. Half of the replies take the time at 50 %, and
85 of 100 the one at 85 %, if the future is like the past.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.core.calendar import CalendarRangeError, OfficeCalendar

FEWEST_REPLIES = 10
HALF, MOST = 0.5, 0.85


@dataclass(frozen=True, kw_only=True)
class PastReplies:
    """Replies a ministry has sent (回答の実績): office days each took, the most held at once."""

    days: tuple[int, ...] = ()
    most_at_once: int = 0

    @property
    def is_enough(self) -> bool:
        """Whether they tell anything (データ不足でない)."""
        return len(self.days) >= FEWEST_REPLIES

    @property
    def median(self) -> float:
        """Middle of the times in office days (中央値); the mean of the two for an even number."""
        ordered = sorted(self.days)
        middle = len(ordered) // 2
        if len(ordered) % 2:
            return float(ordered[middle])
        return (ordered[middle - 1] + ordered[middle]) / 2


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """Range in which the replies to a number of hand-offs can be expected (回答の見込み)."""

    half_on: date
    most_on: date
    load_factor: float


def quantile(days: Sequence[int], share: float) -> int:
    """The smallest time within which this share of the replies was there (分位点)."""
    ordered = sorted(days)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def load_factor(past: PastReplies, open_now: int, added: int) -> float:
    """How much longer it takes with more in hand than ever before (負荷の倍率), 1 or more."""
    return max(1.0, (open_now + added) / max(1, past.most_at_once))


def forecast(
    past: PastReplies, open_now: int, added: int, *, today: date, calendar: OfficeCalendar
) -> Forecast | None:
    """Range of the reply dates of hand-offs sent today (回答の見込み).

    None where too few were answered, and past the last year whose holidays are known.
    """
    if not past.is_enough:
        return None
    factor = load_factor(past, open_now, added)
    half, most = (math.ceil(quantile(past.days, share) * factor) for share in (HALF, MOST))
    try:
        half_on, most_on = (calendar.add_office_days(today, days) for days in (half, most))
    except CalendarRangeError:
        return None
    return Forecast(half_on=half_on, most_on=most_on, load_factor=factor)


def count_until(past: PastReplies, open_now: int, added: int, office_days: int) -> int:
    """How many of the added hand-offs can be expected back within these days (間に合う件数)."""
    factor = load_factor(past, open_now, added)
    in_time = sum(1 for days in past.days if math.ceil(days * factor) <= office_days)
    return added * in_time // max(1, len(past.days))
