"""Whose time a case took (時間の内訳): the parts make the whole, through stops and take-backs."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.core.calendar import DEFAULT_CALENDAR
from app.deadlines.time_spent import Part, office_time, time_spent
from app.proposals.lifecycle import CaseStanding, standing_of, take_back
from app.proposals.services.submission import Submit, submit
from app.triage.services.pending import Hold, Resume, hold, resume
from tests.deadlines.histories import check_history
from tests.deadlines.walks import START, check_walk
from tests.factories import World, make_in_review, make_returned, make_world

# `make soak` walks longer.
WALKS, ACTS = 3, 12
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(clock.jst(2024, 8, 20, 9)):
        return make_world(closes_at=clock.jst(2025, 3, 31))


@pytest.mark.parametrize(
    ("start", "end", "spent"),
    [
        (clock.jst(2024, 8, 27, 23, 59, 59), clock.jst(2024, 8, 28), timedelta(seconds=1)),
        (clock.jst(2024, 8, 28), clock.jst(2024, 8, 28, 0, 0, 1), timedelta(seconds=1)),
        (clock.jst(2024, 8, 23, 12), clock.jst(2024, 8, 26, 12), DAY),
        (clock.jst(2024, 12, 28), clock.jst(2025, 1, 6), timedelta()),
        (clock.jst(2019, 4, 27), clock.jst(2019, 5, 7), timedelta()),
        (clock.jst(2024, 8, 28), clock.jst(2024, 8, 27), timedelta()),
    ],
)
def test_office_time_lies_on_office_days(start: object, end: object, spent: timedelta) -> None:
    assert office_time(start, end, DEFAULT_CALENDAR) == spent


def test_time_adds_up_exactly_in_random_histories() -> None:
    for seed in range(200):
        check_history(seed)


def test_time_adds_up_exactly_through_acts_and_their_undoing(db_session: Session) -> None:
    with clock.at(START):
        world = make_world(closes_at=clock.jst(2026, 3, 31))
    for seed in range(WALKS):
        check_walk(world, seed, ACTS)


def test_correction_is_the_time_of_the_body(world: World) -> None:
    with clock.at(clock.jst(2024, 8, 27, 10)):
        case = make_returned(world)
    with clock.at(clock.jst(2024, 8, 29, 16)):
        submit(case, Submit(version=case.version), actor=world["city-mgr"])
    with clock.at(clock.jst(2024, 8, 30, 10)):
        spent = time_spent(case)

    assert spent is not None
    assert spent.adds_up
    assert spent.parts == {
        Part.OWN: 18 * HOUR,
        Part.WAITING: timedelta(),
        Part.PROPOSER: 2 * DAY + 6 * HOUR,
        Part.MINISTRY: timedelta(),
        Part.RESTING: timedelta(),
    }


def test_act_that_was_taken_back_changes_no_time(world: World) -> None:
    with clock.at(clock.jst(2024, 8, 27, 10)):
        case = make_in_review(world)
    with clock.at(clock.jst(2024, 8, 28, 10)):
        before = standing_of(case).as_json()
        command = Hold(version=case.version, reason="照会", revisit_on=date(2024, 9, 20))
        hold(case, command, actor=world["officer1"])
    with clock.at(clock.jst(2024, 8, 28, 11)):
        take_back(case, CaseStanding(**before), actor=world["officer1"], changes={})
    with clock.at(clock.jst(2024, 8, 29, 10)):
        spent = time_spent(case)

    assert spent is not None
    assert (spent.adds_up, spent.parts[Part.OWN], spent.parts[Part.WAITING]) == (
        True,
        2 * DAY,
        timedelta(),
    )


def test_resumption_that_was_taken_back_gives_no_new_term(world: World) -> None:
    with clock.at(clock.jst(2024, 8, 27, 10)):
        case = make_in_review(world)
    with clock.at(clock.jst(2024, 8, 29, 10)):
        command = Hold(version=case.version, reason="照会", revisit_on=date(2024, 9, 20))
        hold(case, command, actor=world["officer1"])
    with clock.at(clock.jst(2024, 9, 2, 10)):
        before = standing_of(case).as_json()
        resume(case, Resume(version=case.version), actor=world["officer1"])
        once = case.due_on
        take_back(case, CaseStanding(**before), actor=world["officer1"], changes={})
        resume(case, Resume(version=case.version), actor=world["officer1"])

    assert (once, case.due_on) == (date(2024, 9, 12), date(2024, 9, 12))
