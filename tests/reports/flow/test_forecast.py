"""When the last class is fixed (全件確定の見込み): the same seed the same answer, and refusals."""

from datetime import date, timedelta

import pytest

from app.core import clock
from app.core.calendar import DEFAULT_CALENDAR, OfficeCalendar
from app.reports.flow.forecast import Forecast, Outlook, forecast_of, pace_of, trials
from app.reports.flow.question import FlowQuestion
from app.reports.flow.series import DayLine
from app.reports.flow.words import forecast_words
from app.workflow.states import State

MONDAY = date(2024, 9, 2)


def week_lines(classified: list[int], left: int, resumed: int = 0) -> list[DayLine]:
    """Lines from Monday 2 September on; `left` cases are open at the end of the last day."""
    lines = [
        DayLine(
            day=MONDAY + timedelta(days=index),
            by_state=dict.fromkeys(State, 0),
            classified=number,
            resumed=0,
        )
        for index, number in enumerate(classified)
    ]
    last = lines[-1]
    by_state = {**last.by_state, State.IN_REVIEW: left}
    lines[-1] = DayLine(
        day=last.day, by_state=by_state, classified=last.classified, resumed=resumed
    )
    return lines


def foretold(
    lines: list[DayLine],
    *,
    days: int = 10,
    seed: int = 1,
    calendar: OfficeCalendar = DEFAULT_CALENDAR,
) -> Forecast:
    question = FlowQuestion(as_of=lines[-1].day, days=days, seed=seed)
    with clock.at(clock.jst(2025, 1, 6, 9)):
        return forecast_of(lines, 0, question, calendar)


def test_even_pace_ends_on_one_day() -> None:
    found = foretold(week_lines([4, 4, 4, 4, 4], left=12))

    # Three office days after Friday 6 September.
    assert (found.outlook, found.half, found.likely) == (
        Outlook.DATES,
        date(2024, 9, 11),
        date(2024, 9, 11),
    )


def test_uneven_pace_has_two_dates_and_the_same_seed_the_same_ones() -> None:
    lines = week_lines([0, 12, 1, 0, 3], left=40)

    found = foretold(lines, seed=7)

    assert found == foretold(lines, seed=7)
    assert (found.half, found.likely) == (date(2024, 9, 27), date(2024, 10, 7))


def test_another_seed_makes_other_trials() -> None:
    assert trials([0, 12, 1], 40, 500, seed=1) != trials([0, 12, 1], 40, 500, seed=2)


def test_trials_of_one_pace_are_all_alike() -> None:
    assert set(trials([3], 10, 500, seed=1)) == {4}


def test_nine_closures_are_too_little() -> None:
    nine, ten = foretold(week_lines([9], left=5)), foretold(week_lines([10], left=5))

    assert (nine.outlook, ten.outlook) == (Outlook.TOO_LITTLE, Outlook.DATES)
    assert "データが足りない" in forecast_words(nine)


def test_nothing_left_has_no_date() -> None:
    found = foretold(week_lines([4, 4, 4], left=0))

    assert (found.outlook, found.half) == (Outlook.NOTHING_LEFT, None)
    assert forecast_words(found) == "分類が確定していない提案はありません。"


def test_as_many_back_as_done_has_no_date() -> None:
    found = foretold(week_lines([5, 5], left=5, resumed=10))

    assert (found.outlook, found.half) == (Outlook.NOT_SHRINKING, None)


def test_end_of_the_calendar_is_said() -> None:
    short = OfficeCalendar(last_valid_year=2024)

    found = foretold(week_lines([10, 0, 0, 0, 0], left=900), calendar=short)

    assert (found.outlook, found.half) == (Outlook.BEYOND_CALENDAR, None)
    assert "2024年12月31日まで" in forecast_words(found)


def test_day_beyond_the_calendar_is_no_failure() -> None:
    short = OfficeCalendar(last_valid_year=2023)

    assert foretold(week_lines([10], left=5), calendar=short).outlook is Outlook.BEYOND_CALENDAR


def test_weekend_work_counts_with_the_friday() -> None:
    lines = week_lines([1, 1, 1, 1, 1, 6, 0, 2], left=1)

    with clock.at(clock.jst(2025, 1, 6, 9)):
        pace = pace_of(lines, FlowQuestion(as_of=lines[-1].day, days=10), DEFAULT_CALENDAR)

    assert pace.net == (1, 1, 1, 1, 7, 2)
    assert pace.classified == 13


def test_today_is_left_out_of_the_pace() -> None:
    lines = week_lines([3, 4], left=1)

    with clock.at(clock.jst(2024, 9, 3, 12)):
        pace = pace_of(lines, FlowQuestion(), DEFAULT_CALENDAR)

    assert (pace.days, pace.net) == ((MONDAY,), (3,))


@pytest.mark.parametrize(("days", "length"), [(10, 10), (20, 20), (40, 22)])
def test_window_is_as_long_as_asked_or_as_there_are_days(days: int, length: int) -> None:
    lines = week_lines([1] * 32, left=1)

    with clock.at(clock.jst(2025, 1, 6, 9)):
        pace = pace_of(lines, FlowQuestion(as_of=lines[-1].day, days=days), DEFAULT_CALENDAR)

    assert len(pace.net) == length
