"""The calendar of offices (開庁日の暦)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.calendar import (
    DEFAULT_CALENDAR,
    LAST_VALID_YEAR,
    CalendarDay,
    CalendarRangeError,
    OfficeCalendar,
    Roll,
)

# 国民の祝日 with 振替休日 and 国民の休日, written out so that no library vouches for itself.
HOLIDAYS = {
    2019: "1/1 1/14 2/11 3/21 4/29 4/30 5/1 5/2 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/23 "
    "10/14 10/22 11/3 11/4 11/23",
    2020: "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/23 7/24 8/10 9/21 9/22 11/3 11/23",
    2021: "1/1 1/11 2/11 2/23 3/20 4/29 5/3 5/4 5/5 7/22 7/23 8/8 8/9 9/20 9/23 11/3 11/23",
    2022: "1/1 1/10 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/18 8/11 9/19 9/23 10/10 11/3 11/23",
    2023: "1/1 1/2 1/9 2/11 2/23 3/21 4/29 5/3 5/4 5/5 7/17 8/11 9/18 9/23 10/9 11/3 11/23",
    2024: "1/1 1/8 2/11 2/12 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/15 8/11 8/12 9/16 9/22 9/23 "
    "10/14 11/3 11/4 11/23",
    2025: "1/1 1/13 2/11 2/23 2/24 3/20 4/29 5/3 5/4 5/5 5/6 7/21 8/11 9/15 9/23 10/13 11/3 "
    "11/23 11/24",
    2026: "1/1 1/12 2/11 2/23 3/20 4/29 5/3 5/4 5/5 5/6 7/20 8/11 9/21 9/22 9/23 10/12 11/3 11/23",
    2027: "1/1 1/11 2/11 2/23 3/21 3/22 4/29 5/3 5/4 5/5 7/19 8/11 9/20 9/23 10/11 11/3 11/23",
}
RECESS = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}
FIRST_DAY_AFTER = date(LAST_VALID_YEAR + 1, 1, 1)

DAYS = st.dates(min_value=date(2015, 1, 1), max_value=date(2026, 12, 31))
FEW = st.integers(min_value=0, max_value=80)
TUESDAY = date(2024, 8, 27)


def days_from(first: date, count: int) -> list[date]:
    return [first + timedelta(days=number) for number in range(count)]


@pytest.mark.parametrize("year", sorted(HOLIDAYS))
def test_office_days_of_a_year_are_those_of_the_law(year: int) -> None:
    holidays = {
        date(year, int(month), int(day))
        for month, day in (written.split("/") for written in HOLIDAYS[year].split())
    }
    whole_year = [day for day in days_from(date(year, 1, 1), 366) if day.year == year]

    open_days = [day for day in whole_year if DEFAULT_CALENDAR.is_office_day(day)]

    assert open_days == [
        day
        for day in whole_year
        if day.weekday() < 5 and day not in holidays and (day.month, day.day) not in RECESS
    ]


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2024, 8, 27), None),
        (date(2024, 8, 24), "土曜日"),
        (date(2024, 8, 25), "日曜日"),
        (date(2024, 9, 16), "敬老の日"),
        (date(2024, 8, 12), "山の日 振替休日"),
        (date(2026, 9, 22), "国民の休日"),
        (date(2024, 12, 28), "土曜日"),
        (date(2024, 12, 29), "年末年始"),
        (date(2025, 1, 1), "元日"),
        (date(2025, 1, 3), "年末年始"),
    ],
)
def test_closing_reason_names_the_reason(day: date, reason: str | None) -> None:
    assert DEFAULT_CALENDAR.closing_reason(day) == reason


def test_extra_closed_day_is_closed_for_that_body_only() -> None:
    own = OfficeCalendar(extra_closed=frozenset({TUESDAY}))

    reasons = (own.closing_reason(TUESDAY), DEFAULT_CALENDAR.closing_reason(TUESDAY))

    assert reasons == ("臨時の閉庁日", None)


def test_extra_closed_day_lengthens_a_period_of_that_body() -> None:
    own = OfficeCalendar(extra_closed=frozenset({TUESDAY}))

    end = own.add_office_days(date(2024, 8, 26), 1)

    assert end == date(2024, 8, 28)


def test_last_valid_year_is_the_last_one_with_fixed_equinoxes() -> None:
    assert DEFAULT_CALENDAR.last_valid_year == 2027


@pytest.mark.parametrize(
    "ask",
    [
        lambda calendar: calendar.is_office_day(FIRST_DAY_AFTER),
        lambda calendar: calendar.closing_reason(FIRST_DAY_AFTER),
        lambda calendar: calendar.roll(FIRST_DAY_AFTER, Roll.AS_IS),
        lambda calendar: calendar.roll(FIRST_DAY_AFTER - timedelta(days=1), Roll.LATER),
        lambda calendar: calendar.add_office_days(FIRST_DAY_AFTER, 0),
        lambda calendar: calendar.add_office_days(FIRST_DAY_AFTER, 1),
        lambda calendar: calendar.add_office_days(date(LAST_VALID_YEAR, 12, 28), 1),
        lambda calendar: calendar.add_office_days(TUESDAY, 10**9),
        lambda calendar: calendar.office_days_between(TUESDAY, FIRST_DAY_AFTER),
        lambda calendar: calendar.office_days_between(FIRST_DAY_AFTER, TUESDAY),
        lambda calendar: calendar.signed_office_days(TUESDAY, FIRST_DAY_AFTER),
        lambda calendar: calendar.signed_office_days(FIRST_DAY_AFTER, TUESDAY),
        lambda calendar: calendar.add_months(date(LAST_VALID_YEAR, 12, 1), 1, Roll.AS_IS),
        lambda calendar: calendar.add_months(TUESDAY, 10**9, Roll.AS_IS),
        lambda calendar: calendar.explain(date(LAST_VALID_YEAR, 12, 28), 1),
    ],
)
def test_day_after_the_last_valid_year_is_an_error(ask: Callable[[OfficeCalendar], object]) -> None:
    with pytest.raises(CalendarRangeError):
        ask(DEFAULT_CALENDAR)


def test_range_error_says_what_to_do() -> None:
    with pytest.raises(CalendarRangeError) as raised:
        OfficeCalendar(last_valid_year=2025).is_office_day(date(2026, 1, 5))

    assert raised.value.message == (
        "令和8年1月5日（月）は、祝日が決まっている2025年12月31日より後の日なので、"
        "期限を計算できません。それより前の日にするか、システム管理者に暦の更新を依頼してください。"
    )


def test_calendar_with_a_later_last_year_reaches_further() -> None:
    later = OfficeCalendar(last_valid_year=LAST_VALID_YEAR + 1)

    assert later.closing_reason(FIRST_DAY_AFTER) == "元日"


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2024, 8, 27), 1, date(2024, 8, 28)),
        (date(2024, 8, 27), 3, date(2024, 8, 30)),
        (date(2024, 8, 27), 4, date(2024, 9, 2)),
        (date(2024, 8, 23), 1, date(2024, 8, 26)),
        (date(2024, 8, 24), 1, date(2024, 8, 26)),
        (date(2024, 9, 13), 1, date(2024, 9, 17)),
        (date(2026, 9, 18), 1, date(2026, 9, 24)),
        (date(2019, 4, 26), 1, date(2019, 5, 7)),
        (date(2024, 12, 27), 1, date(2025, 1, 6)),
        (date(2024, 8, 27), 0, date(2024, 8, 27)),
        (date(2024, 8, 24), 0, date(2024, 8, 26)),
    ],
)
def test_add_office_days_counts_from_the_day_after(start: date, days: int, end: date) -> None:
    assert DEFAULT_CALENDAR.add_office_days(start, days) == end


def test_add_office_days_refuses_a_negative_length() -> None:
    with pytest.raises(ValueError, match="-1"):
        DEFAULT_CALENDAR.add_office_days(TUESDAY, -1)


@given(DAYS, st.integers(min_value=1, max_value=200))
def test_add_office_days_ends_on_the_nth_open_day_found_by_walking(start: date, days: int) -> None:
    day, counted = start, 0
    while counted < days:
        day += timedelta(days=1)
        counted += DEFAULT_CALENDAR.is_office_day(day)

    end = DEFAULT_CALENDAR.add_office_days(start, days)

    assert end == day


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2024, 8, 27), date(2024, 8, 27), 0),
        (date(2024, 8, 27), date(2024, 8, 26), 0),
        (date(2024, 8, 27), date(2024, 8, 28), 1),
        (date(2024, 8, 23), date(2024, 8, 25), 0),
        (date(2024, 8, 24), date(2024, 8, 26), 1),
        (date(2024, 12, 27), date(2025, 1, 6), 1),
        (date(2023, 12, 31), date(2025, 12, 31), 485),
    ],
)
def test_office_days_between_leaves_out_the_first_day(start: date, end: date, count: int) -> None:
    assert DEFAULT_CALENDAR.office_days_between(start, end) == count


@given(DAYS, st.integers(min_value=0, max_value=900))
def test_office_days_between_counts_what_a_walk_counts(start: date, length: int) -> None:
    end = min(start + timedelta(days=length), date(LAST_VALID_YEAR, 12, 31))
    walked = days_from(start + timedelta(days=1), (end - start).days)

    count = DEFAULT_CALENDAR.office_days_between(start, end)

    assert count == sum(map(DEFAULT_CALENDAR.is_office_day, walked))


@given(DAYS, FEW)
def test_office_days_between_is_the_inverse_of_adding(start: date, days: int) -> None:
    end = DEFAULT_CALENDAR.add_office_days(start, days)

    # With no days at all a closed start moves to the next open day, which is one on.
    expected = days if days or DEFAULT_CALENDAR.is_office_day(start) else 1
    assert DEFAULT_CALENDAR.office_days_between(start, end) == expected


@pytest.mark.parametrize(
    ("today", "due", "count"),
    [
        (date(2024, 8, 26), date(2024, 8, 27), 1),
        (date(2024, 8, 27), date(2024, 8, 27), 0),
        (date(2024, 8, 28), date(2024, 8, 27), -1),
        (date(2024, 8, 30), date(2024, 8, 27), -3),
        (date(2024, 8, 23), date(2024, 8, 26), 1),
        (date(2024, 8, 23), date(2024, 8, 24), 1),
        (date(2024, 8, 22), date(2024, 8, 24), 1),
        (date(2024, 8, 24), date(2024, 8, 25), 1),
        (date(2024, 8, 21), date(2024, 8, 24), 2),
        (date(2024, 8, 24), date(2024, 8, 23), -1),
        (date(2024, 8, 25), date(2024, 8, 24), -1),
        (date(2024, 8, 26), date(2024, 8, 24), -1),
        (date(2024, 8, 27), date(2024, 8, 24), -2),
        (date(2024, 8, 24), date(2024, 8, 24), 0),
    ],
)
def test_signed_office_days_tells_left_from_late(today: date, due: date, count: int) -> None:
    assert DEFAULT_CALENDAR.signed_office_days(today, due) == count


@given(DAYS, st.integers(min_value=-60, max_value=60))
def test_signed_office_days_has_the_sign_of_the_dates(today: date, away: int) -> None:
    due = today + timedelta(days=away)

    count = DEFAULT_CALENDAR.signed_office_days(today, due)

    assert (count > 0, count < 0) == (away > 0, away < 0)


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        (Roll.LATER, date(2024, 9, 17)),
        (Roll.EARLIER, date(2024, 9, 13)),
        (Roll.AS_IS, date(2024, 9, 15)),
    ],
)
def test_roll_moves_a_closed_day_by_its_rule(rule: Roll, day: date) -> None:
    assert DEFAULT_CALENDAR.roll(date(2024, 9, 15), rule) == day


@pytest.mark.parametrize("rule", list(Roll))
def test_roll_leaves_an_office_day_alone(rule: Roll) -> None:
    assert DEFAULT_CALENDAR.roll(TUESDAY, rule) == TUESDAY


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2024, 8, 27), 1, date(2024, 9, 27)),
        (date(2024, 8, 31), 1, date(2024, 9, 30)),
        (date(2023, 1, 30), 1, date(2023, 2, 28)),
        (date(2024, 1, 30), 1, date(2024, 2, 29)),
        (date(2024, 1, 29), 1, date(2024, 2, 29)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 2, 28), 1, date(2023, 3, 31)),
        (date(2024, 2, 28), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 3, 30), 6, date(2024, 9, 30)),
        (date(2024, 11, 30), 1, date(2024, 12, 31)),
        (date(2024, 8, 27), 0, date(2024, 8, 27)),
    ],
)
def test_add_months_ends_on_the_day_before_the_same_number(
    start: date, months: int, end: date
) -> None:
    assert DEFAULT_CALENDAR.add_months(start, months, Roll.AS_IS) == end


def test_add_months_applies_the_roll_rule() -> None:
    ends = [DEFAULT_CALENDAR.add_months(date(2024, 8, 15), 1, rule) for rule in Roll]

    assert ends == [date(2024, 9, 17), date(2024, 9, 13), date(2024, 9, 15)]


def test_add_months_reaches_the_last_valid_day() -> None:
    end = DEFAULT_CALENDAR.add_months(date(LAST_VALID_YEAR, 11, 30), 1, Roll.AS_IS)

    assert end == date(LAST_VALID_YEAR, 12, 31)


def test_add_months_refuses_a_negative_length() -> None:
    with pytest.raises(ValueError, match="-1"):
        DEFAULT_CALENDAR.add_months(TUESDAY, -1, Roll.LATER)


def test_explain_numbers_the_days_that_count() -> None:
    lines = DEFAULT_CALENDAR.explain(date(2024, 9, 12), 3)

    assert lines == [
        CalendarDay(date(2024, 9, 12), None, "初日不算入"),
        CalendarDay(date(2024, 9, 13), 1, None),
        CalendarDay(date(2024, 9, 14), None, "土曜日"),
        CalendarDay(date(2024, 9, 15), None, "日曜日"),
        CalendarDay(date(2024, 9, 16), None, "敬老の日"),
        CalendarDay(date(2024, 9, 17), 2, None),
        CalendarDay(date(2024, 9, 18), 3, None),
    ]


def test_explain_without_days_shows_the_roll() -> None:
    lines = DEFAULT_CALENDAR.explain(date(2024, 9, 15), 0)

    assert lines == [
        CalendarDay(date(2024, 9, 15), None, "日曜日"),
        CalendarDay(date(2024, 9, 16), None, "敬老の日"),
        CalendarDay(date(2024, 9, 17), 0, None),
    ]


@given(DAYS, FEW)
def test_explain_ends_where_the_period_ends(start: date, days: int) -> None:
    end = DEFAULT_CALENDAR.add_office_days(start, days)

    lines = DEFAULT_CALENDAR.explain(start, days)

    assert lines[-1] == CalendarDay(end, days, None)
