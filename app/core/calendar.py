"""The calendar of offices (開庁日の暦): which days count, and where a period ends.

Closed are Saturdays, Sundays, national holidays with 振替休日 and 国民の休日, and 12/29-1/3
(行政機関の休日に関する法律1条). The present rules are applied to every year, also to years before
Saturdays became closed.
"""

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

import jpholiday

from app.core.eras import format_date
from app.core.errors import DomainError

# 春分の日 and 秋分の日 are fixed by the 暦要項 that 国立天文台 announces in February of the year
# before (国民の祝日に関する法律2条 gives no date). The one for 令和9年 is the last out: what a
# library says of later years is astronomy and the law of today, nothing to bind anyone by.
LAST_VALID_YEAR = 2027

ONE_DAY = timedelta(days=1)
SATURDAY = 5
NEW_YEAR_RECESS = "年末年始"
EXTRA_CLOSED = "臨時の閉庁日"
FIRST_DAY_NOT_COUNTED = "初日不算入"


class Roll(StrEnum):
    """What becomes of a period that ends on a closed day (末日が閉庁日のときの扱い)."""

    LATER = "later"  # 繰下げ
    EARLIER = "earlier"  # 繰上げ
    AS_IS = "as_is"  # そのまま


class CalendarRangeError(DomainError):
    """A day after the last one whose holidays are known (暦の範囲外)."""


class CalendarDay(NamedTuple):
    """One line of an explanation (期限計算の内訳): a day, its number if it counts, else why not."""

    day: date
    number: int | None
    reason: str | None


@dataclass(frozen=True)
class OfficeCalendar:
    """Office days of one body (開庁日の暦); `extra_closed` are its own closed days.

    Every method raises CalendarRangeError for a day after 31 December of `last_valid_year`: such
    a day is never taken for an office day.
    """

    extra_closed: frozenset[date] = frozenset()
    last_valid_year: int = LAST_VALID_YEAR
    # What its own closed days are called (開庁記念日 …); the days count, not their names.
    names: Mapping[date, str] = field(default_factory=dict, compare=False)

    @classmethod
    def with_own(cls, names: Mapping[date, str]) -> "OfficeCalendar":
        """The national calendar with closed days of one body's own, day → name (団体の暦)."""
        return cls(extra_closed=frozenset(names), names=dict(names))

    def with_more(self, names: Mapping[date, str]) -> "OfficeCalendar":
        """This calendar with more closed days, day → name (閉庁日の追加)."""
        more = {**self.names, **names}
        return OfficeCalendar(frozenset(more), self.last_valid_year, more)

    def is_office_day(self, day: date) -> bool:
        """Whether offices are open that day (開庁日)."""
        return self.closing_reason(day) is None

    def closing_reason(self, day: date) -> str | None:
        """Why offices are closed that day (閉庁の理由): 敬老の日, 土曜日 …; None if open."""
        self._check(day)
        reason = _closed_days(day.year, self.extra_closed).get(day)
        return self.names.get(day, reason) if reason == EXTRA_CLOSED else reason

    def add_office_days(self, start: date, days: int) -> date:
        """The last day of a period of `days` office days from an event on `start` (開庁日での期間).

        The day after counts as 1 (初日不算入, 民法140条). With 0 days it is `start` itself, rolled
        later. A negative number raises ValueError.
        """
        if days < 0:
            raise ValueError(f"a period has no negative length: {days}")
        if days == 0:
            return self.roll(start, Roll.LATER)
        self._check(start)
        year, remaining = start.year, days
        position = bisect_right(self._office_days(year), start)
        while position + remaining > len(self._office_days(year)):
            remaining -= len(self._office_days(year)) - position
            year, position = year + 1, 0
            self._check(date(year, 1, 1))
        return self._office_days(year)[position + remaining - 1]

    def office_days_between(self, start: date, end: date) -> int:
        """Number of office days after `start` up to and including `end` (経過開庁日数).

        0 when `end` is not after `start`.
        """
        self._check(max(start, end))
        if end <= start:
            return 0
        whole_years = sum(len(self._office_days(year)) for year in range(start.year, end.year))
        return (
            whole_years
            + bisect_right(self._office_days(end.year), end)
            - bisect_right(self._office_days(start.year), start)
        )

    def signed_office_days(self, today: date, due: date) -> int:
        """Office days left until `due`, or past it as a negative number (残り・超過の開庁日数).

        0 exactly on the day itself. A thing is late from 0:00 of the next day, be it a holiday,
        and not before: where only closed days lie between, it is -1 after and 1 before.
        """
        if today > due:
            return -max(1, self.office_days_between(due, today))
        return max(int(due > today), self.office_days_between(today, due))

    def roll(self, day: date, rule: Roll) -> date:
        """The day itself if offices are open or the rule is AS_IS, else the nearest open one."""
        self._check(day)
        if rule is Roll.AS_IS:
            return day
        step = ONE_DAY if rule is Roll.LATER else -ONE_DAY
        while not self.is_office_day(day):
            day += step
        return day

    def add_months(self, start: date, months: int, rule: Roll) -> date:
        """The last day of a period of `months` months from an event on `start` (月での期間).

        It runs from the day after (民法140条) and ends on the day before the day of the same
        number (応当日), or on the last day of the month where there is none (民法143条2項): 1 month
        from an event on 30 January ends on 28 February. Then `rule` is applied. A negative
        number of months raises ValueError.
        """
        if months < 0:
            raise ValueError(f"a period has no negative length: {months}")
        self._check(start)
        first = start + ONE_DAY
        years, month0 = divmod(first.month - 1 + months, 12)
        # Python knows no year after 9999; that one is refused below like any other out of range.
        target = date(min(first.year + years, MAXYEAR), month0 + 1, 1)
        _, length = monthrange(target.year, target.month)
        if first.day > length:
            return self.roll(target.replace(day=length), rule)
        return self.roll(target.replace(day=first.day) - ONE_DAY, rule)

    def explain(self, start: date, days: int) -> list[CalendarDay]:
        """How `add_office_days` came to its answer (期限計算の内訳), day by day from `start` on.

        The first line is `start` (初日不算入); closed days carry a reason and no number.
        """
        end = self.add_office_days(start, days)
        if days == 0:
            return [self._line(day, 0) for day in _days(start, end)]
        lines = [CalendarDay(start, None, FIRST_DAY_NOT_COUNTED)]
        number = 0
        for day in _days(start + ONE_DAY, end):
            number += self.is_office_day(day)
            lines.append(self._line(day, number))
        return lines

    def _line(self, day: date, number: int) -> CalendarDay:
        reason = self.closing_reason(day)
        return CalendarDay(day, number if reason is None else None, reason)

    def _office_days(self, year: int) -> tuple[date, ...]:
        return _office_days(year, self.extra_closed)

    def _check(self, day: date) -> None:
        if day.year > self.last_valid_year:
            raise CalendarRangeError(
                f"{format_date(day)}は、祝日が決まっている{self.last_valid_year}年12月31日より後の"
                "日なので、期限を計算できません。それより前の日にするか、システム管理者に暦の"
                "更新を依頼してください。"
            )


# A list of 10,000 cases asks about the same few years again and again: one table per year.
@lru_cache(maxsize=512)
def _closed_days(year: int, extra_closed: frozenset[date]) -> dict[date, str]:
    holidays: dict[date, str] = dict(jpholiday.year_holidays(year))
    closed = {}
    for day in _days(date(year, 1, 1), date(year, 12, 31)):
        reason = holidays.get(day) or _reason_of_law(day)
        if reason is None and day in extra_closed:
            reason = EXTRA_CLOSED
        if reason is not None:
            closed[day] = reason
    return closed


@lru_cache(maxsize=512)
def _office_days(year: int, extra_closed: frozenset[date]) -> tuple[date, ...]:
    closed = _closed_days(year, extra_closed)
    days = _days(date(year, 1, 1), date(year, 12, 31))
    return tuple(day for day in days if day not in closed)


def _reason_of_law(day: date) -> str | None:
    if (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3):
        return NEW_YEAR_RECESS
    if day.weekday() >= SATURDAY:
        return "土曜日" if day.weekday() == SATURDAY else "日曜日"
    return None


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]


DEFAULT_CALENDAR = OfficeCalendar()
