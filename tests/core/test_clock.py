"""The clock (時計)."""

from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest

from app.core import clock


def test_now_is_aware_and_in_utc() -> None:
    present = clock.now()

    assert present.tzinfo is UTC


def test_now_follows_the_clock_of_the_machine() -> None:
    before = datetime.now(UTC)  # noqa: TID251 -- the clock itself is under test

    present = clock.now()

    assert timedelta(0) <= present - before < timedelta(minutes=1)


def test_today_is_the_date_in_japan_just_after_midnight() -> None:
    with clock.at(datetime(2024, 8, 26, 15, 0, tzinfo=UTC)):
        day = clock.today()

    assert day == date(2024, 8, 27)


def test_today_is_the_date_in_japan_just_before_midnight() -> None:
    with clock.at(datetime(2024, 8, 27, 14, 59, 59, 999999, tzinfo=UTC)):
        day = clock.today()

    assert day == date(2024, 8, 27)


def test_jst_is_the_instant_on_clocks_in_japan() -> None:
    instant = clock.jst(2024, 8, 27, 23, 59, 59)

    assert instant == datetime(2024, 8, 27, 14, 59, 59, tzinfo=UTC)
    assert instant.utcoffset() == timedelta(hours=9)


def test_jst_knows_the_summer_time_of_1948_to_1951() -> None:
    instant = clock.jst(1950, 7, 1, 12)

    assert instant == datetime(1950, 7, 1, 2, tzinfo=UTC)


def test_to_jst_shows_the_hour_of_japan() -> None:
    local = clock.to_jst(datetime(2024, 8, 27, 14, 59, tzinfo=UTC))

    assert (local.day, local.hour, local.minute) == (27, 23, 59)


def test_to_jst_refuses_a_naive_instant() -> None:
    with pytest.raises(ValueError, match="time zone"):
        clock.to_jst(datetime(2024, 8, 27))  # noqa: DTZ001 -- naive on purpose


def test_at_refuses_a_naive_instant() -> None:
    with (
        pytest.raises(ValueError, match="time zone"),
        clock.at(datetime(2024, 8, 27)),  # noqa: DTZ001 -- naive on purpose
    ):
        pass


def test_at_answers_in_utc_whatever_the_zone_given() -> None:
    with clock.at(clock.jst(2024, 8, 27, 9)):
        present = clock.now()

    assert present == datetime(2024, 8, 27, tzinfo=UTC)
    assert present.tzinfo is UTC


def test_at_returns_to_the_outer_instant_after_a_nested_block() -> None:
    with clock.at(clock.jst(2024, 8, 5)):
        with clock.at(clock.jst(2024, 8, 27)):
            inner = clock.today()
        outer = clock.today()

    assert (inner, outer) == (date(2024, 8, 27), date(2024, 8, 5))


def test_at_ends_with_its_block_even_on_an_error() -> None:
    def fail() -> None:
        with clock.at(clock.jst(2024, 8, 5)):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert clock.now() > clock.jst(2026, 1, 1)


def test_at_does_not_reach_another_thread() -> None:
    seen: list[datetime] = []
    other = Thread(target=lambda: seen.append(clock.now()))

    with clock.at(clock.jst(2024, 8, 5)):
        other.start()
        other.join()

    assert seen[0] > clock.jst(2026, 1, 1)
