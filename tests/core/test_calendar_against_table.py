"""Office days against a table of their own 2019-2027 (P11), and in any zone of the machine."""

import os
import subprocess
import sys
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.core.calendar import DEFAULT_CALENDAR
from config import ROOT
from tests.core.test_calendar import HOLIDAYS, RECESS

FIRST, LAST = date(2019, 1, 1), date(2027, 12, 31)
DAYS = st.dates(min_value=FIRST, max_value=LAST)
# The calendar without the program around it, which takes seconds to load.
ASK = """
import sys
from types import ModuleType
package = sys.modules["app"] = ModuleType("app")
package.__path__ = [sys.argv[1]]

from datetime import UTC, datetime
from app.core import clock
from app.core.calendar import DEFAULT_CALENDAR as calendar
for second in (-1, 0, 1):
    instant = datetime.fromtimestamp(1724684400 + second, UTC)
    with clock.at(instant):
        print(clock.today(), calendar.add_office_days(clock.today(), 10), clock.to_jst(instant))
"""


@cache
def open_days() -> tuple[date, ...]:
    """Every office day of the years of the table, written without any library."""
    holidays = {
        date(year, *(int(part) for part in written.split("/")))
        for year, line in HOLIDAYS.items()
        for written in line.split()
    }
    whole = [FIRST + timedelta(days=count) for count in range((LAST - FIRST).days + 1)]
    return tuple(
        day
        for day in whole
        if day.weekday() < 5 and day not in holidays and (day.month, day.day) not in RECESS
    )


def test_table_has_every_year_without_a_gap() -> None:
    assert sorted(HOLIDAYS) == list(range(FIRST.year, LAST.year + 1))


@given(start=DAYS, days=st.integers(min_value=1, max_value=250))
def test_p11_period_ends_on_the_day_of_the_table(start: date, days: int) -> None:
    following = [day for day in open_days() if day > start]

    if len(following) >= days:
        assert DEFAULT_CALENDAR.add_office_days(start, days) == following[days - 1]


@given(start=DAYS, end=DAYS)
def test_p11_days_between_are_those_of_the_table(start: date, end: date) -> None:
    counted = sum(start < day <= end for day in open_days())

    assert DEFAULT_CALENDAR.office_days_between(start, end) == counted


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2024, 8, 23), 1, date(2024, 8, 26)),
        (date(2024, 8, 27), 3, date(2024, 8, 30)),
        (date(2024, 12, 27), 1, date(2025, 1, 6)),
        (date(2024, 12, 28), 2, date(2025, 1, 7)),
        (date(2019, 4, 26), 1, date(2019, 5, 7)),
        (date(2019, 4, 25), 3, date(2019, 5, 8)),
        (date(2024, 5, 2), 1, date(2024, 5, 7)),
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 1, date(2024, 3, 1)),
        (date(2023, 2, 28), 1, date(2023, 3, 1)),
    ],
)
def test_p11_real_dates_of_the_law_and_the_rounds(start: date, days: int, end: date) -> None:
    assert DEFAULT_CALENDAR.add_office_days(start, days) == end


def test_p11_zone_of_the_machine_changes_nothing() -> None:
    told = {
        zone: subprocess.run(
            [sys.executable, "-c", ASK, str(ROOT / "app")],
            env={**os.environ, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for zone in ("UTC", "Asia/Tokyo", "America/New_York")
    }

    # 1724684400 is 2024-08-27 0:00:00 JST.
    assert told["UTC"].splitlines() == [
        "2024-08-26 2024-09-09 2024-08-26 23:59:59+09:00",
        "2024-08-27 2024-09-10 2024-08-27 00:00:00+09:00",
        "2024-08-27 2024-09-10 2024-08-27 00:00:01+09:00",
    ]
    assert set(told.values()) == {told["UTC"]}


def test_p11_last_second_of_the_day_is_still_that_day() -> None:
    with clock.at(clock.jst(2024, 8, 27, 23, 59, 59)):
        last = DEFAULT_CALENDAR.signed_office_days(clock.today(), date(2024, 8, 27))
    with clock.at(clock.jst(2024, 8, 28)):
        first = DEFAULT_CALENDAR.signed_office_days(clock.today(), date(2024, 8, 27))

    assert (last, first) == (0, -1)
