"""How long cases took, counted by hand on the calendar of August 2024 (所要日数)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.calendar import DEFAULT_CALENDAR
from app.reports.flow.cycle import CycleLine, CycleTimes, Measure, Share, cycle_times
from app.reports.flow.histories import histories
from app.reports.flow.queries import MinistryRun, Move
from app.reports.flow.ranks import percentile
from app.workflow.states import State as S


def august(day: int) -> date:
    return date(2024, 8, day)


def move(case: int, day: int, state: S, category: str | None = None) -> Move:
    return Move(case, august(day), "proposal.move", state, category)


# 2024-08-12 is 振替休日; 10, 11, 17 and 18 August are a weekend.
THROUGH = [
    move(1, 5, S.SUBMITTED),
    move(1, 6, S.RETURNED),
    move(1, 8, S.SUBMITTED),
    move(1, 9, S.ACCEPTED),
    move(1, 9, S.IN_REVIEW),
    move(1, 13, S.PENDING),
    move(1, 15, S.IN_REVIEW),
    move(1, 16, S.IN_CONFIRMATION),
    move(1, 19, S.CLASSIFIED, "f5"),
    move(1, 23, S.CLOSED),
]
OPEN = [move(2, 6, S.SUBMITTED), move(2, 7, S.ACCEPTED), move(2, 8, S.IN_REVIEW)]
GONE = [move(3, 6, S.SUBMITTED), move(3, 9, S.WITHDRAWN)]


def measured(moves: list[Move], **changes: Any) -> CycleTimes:
    asked = {"since": None, "last": august(26), "ministries": {}, **changes}
    measure = Measure(calendar=DEFAULT_CALENDAR, **asked)
    return cycle_times(histories(moves), ["f2", "f5"], measure)


def line(times: CycleTimes, key: str) -> CycleLine:
    return next(each for each in times.lines if each.key == key)


def test_time_to_classification_is_split_by_whose_it_was() -> None:
    found = line(measured(THROUGH), "to_classified")

    assert found.days == (9,)
    assert {share: days for share, days in found.shares.items() if days} == {
        Share.OWN: 5,
        Share.PROPOSER: 2,
        Share.HELD: 2,
    }


def test_ministry_time_is_taken_out_of_that_of_the_secretariat() -> None:
    runs = {1: [MinistryRun(august(20), august(22))]}

    found = line(measured(THROUGH, ministries=runs), "to_closed")

    assert found.days == (13,)
    assert {share: days for share, days in found.shares.items() if days} == {
        Share.OWN: 7,
        Share.PROPOSER: 2,
        Share.HELD: 2,
        Share.MINISTRY: 2,
    }


@pytest.mark.parametrize(
    ("state", "days"),
    [
        (S.SUBMITTED, 2),
        (S.RETURNED, 2),
        (S.ACCEPTED, 0),
        (S.IN_REVIEW, 2),
        (S.IN_CONFIRMATION, 1),
        (S.PENDING, 2),
    ],
)
def test_step_has_all_its_stays_together(state: S, days: int) -> None:
    assert line(measured(THROUGH), state.value).days == (days,)


def test_open_case_is_shown_with_its_age_and_not_dropped() -> None:
    times = measured([*THROUGH, *OPEN])

    whole, review = line(times, "to_classified"), line(times, "in_review")
    assert (whole.days, whole.ages, whole.oldest) == ((9,), (13,), 13)
    assert (review.days, review.ages) == ((2,), (11,))


def test_withdrawn_case_is_counted_apart() -> None:
    times = measured([*THROUGH, *GONE])

    assert times.gone == 1
    assert [len(each.days) + len(each.ages) for each in times.wholes] == [1, 1]


def test_class_has_the_cases_that_stand_in_it() -> None:
    times = measured([*THROUGH, *OPEN])

    assert [(each.key, each.days) for each in times.classes] == [("f2", ()), ("f5", (9,))]


def test_period_leaves_out_what_was_through_before_it() -> None:
    times = measured([*THROUGH, *OPEN], since=august(20))

    assert [each.days for each in times.wholes] == [(), (13,)]
    assert [len(each.ages) for each in times.wholes] == [1, 1]


@pytest.mark.parametrize(
    ("values", "median", "high"),
    [
        ([], None, None),
        ([4], 4, 4),
        ([1, 2], 1, 2),
        ([3, 1, 2], 2, 3),
        ([10, 20, 30, 40], 20, 40),
        (list(range(1, 21)), 10, 17),
        (list(range(1, 101)), 50, 85),
    ],
)
def test_percentile_is_that_of_the_nearest_rank(
    values: list[int], median: int | None, high: int | None
) -> None:
    assert (percentile(values, 50), percentile(values, 85)) == (median, high)


STEPS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([each for each in S if each is not S.DRAFT])),
    min_size=1,
    max_size=12,
)


@given(STEPS)
def test_parts_of_the_time_add_up_whatever_happened(steps: list[tuple[int, S]]) -> None:
    day, moves = 1, [move(1, 1, S.SUBMITTED)]
    for wait, state in steps:
        day = min(30, day + wait)
        moves.append(move(1, day, state, "f5" if state is S.CLASSIFIED else None))

    for found in measured(moves, last=august(31)).wholes:
        assert sum(found.shares.values()) == sum(found.days)
