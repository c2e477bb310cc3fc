"""Instants of the demo lie where people work, and one after the other."""

from datetime import date
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.core.calendar import DEFAULT_CALENDAR
from app.demo.office_time import instant_after, instant_on, office_day_before


@given(st.integers(0, 12), st.integers(0, 10_000))
def test_instant_after_is_later_and_in_office_hours(days: int, seed: int) -> None:
    rng = Random(seed)
    before = instant_on(date(2024, 8, 9), rng)

    after = clock.to_jst(instant_after(before, days, rng))

    assert after > before
    assert DEFAULT_CALENDAR.is_office_day(after.date())
    assert 9 * 60 <= after.hour * 60 + after.minute < 17 * 60 + 15


def test_office_day_before_skips_weekends_and_holidays() -> None:
    tuesday = date(2024, 8, 13)  # after the weekend with 山の日 and its Monday

    found = [office_day_before(tuesday, count) for count in (1, 2)]

    assert found == [date(2024, 8, 9), date(2024, 8, 8)]
