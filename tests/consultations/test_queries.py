"""Who sees which threads, and in which order (事前相談の検索)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.consultations.models import Consultation, ConsultationState
from app.consultations.queries import (
    consultation_of,
    consultations_visible_to,
    get_visible,
    left_of_round,
    rounds_with_leftovers,
    waiting_threads,
)
from app.core import clock
from app.core.errors import NotFound
from app.extensions import db
from tests.consultations.threads import (
    make_answered,
    make_consultation,
    make_converted,
    make_ended,
)
from tests.factories import World, declare_conflict, make_world

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def seen_by(world: World, login: str) -> list[str]:
    return [row.number for row in db.session.scalars(consultations_visible_to(world[login]))]


def test_body_sees_its_own_threads_alone(world: World) -> None:
    own, foreign = make_consultation(world), make_consultation(world, "other")

    assert seen_by(world, "city") == [own.number]
    assert seen_by(world, "other-mgr") == [foreign.number]


@pytest.mark.parametrize("login", ["officer1", "lead", "auditor"])
def test_secretariat_sees_all(world: World, login: str) -> None:
    own, foreign = make_consultation(world), make_consultation(world, "other")

    assert sorted(seen_by(world, login)) == sorted([own.number, foreign.number])


@pytest.mark.parametrize("login", ["admin", "ministry", "coordinator", "observer"])
def test_others_see_none(world: World, login: str) -> None:
    make_consultation(world)

    assert seen_by(world, login) == []


def test_conflict_of_interest_hides_the_threads_of_a_body(world: World) -> None:
    own = make_consultation(world)
    foreign = make_consultation(world, "other")
    declare_conflict(world["officer1"], body=world["city"].organization)

    assert seen_by(world, "officer1") == [foreign.number]
    with pytest.raises(NotFound):
        get_visible(world["officer1"], own.number)


@pytest.mark.parametrize("number", ["", "x", "902012-999", "\x00", "902012-001\n"])
def test_unknown_number_is_not_found(world: World, number: str) -> None:
    make_consultation(world)

    with pytest.raises(NotFound):
        get_visible(world["officer1"], number)


def test_unanswered_stand_first_the_longest_waiting_in_front(world: World) -> None:
    made: dict[str, Consultation] = {}
    for day, name in enumerate(["answered", "old", "young", "ended"]):
        with clock.at(NOW + timedelta(days=day)):
            make = {"answered": make_answered, "ended": make_ended}.get(name)
            made[name] = make(world) if make else make_consultation(world)

    order = seen_by(world, "lead")

    assert order == [made[name].number for name in ("old", "young", "answered", "ended")]


def test_answered_stand_first_for_the_body(world: World) -> None:
    waiting, answered, ended = make_consultation(world), make_answered(world), make_ended(world)

    assert seen_by(world, "city") == [answered.number, waiting.number, ended.number]


def test_thread_behind_a_proposal_is_for_its_body_and_the_secretariat(world: World) -> None:
    consultation, draft = make_converted(world)

    found = {login: consultation_of(draft, world[login]) for login in ("city", "officer1", "other")}

    assert found == {"city": consultation, "officer1": consultation, "other": None}


def test_home_of_the_secretariat_has_no_practice(world: World, db_session: Session) -> None:
    make_consultation(world)
    world.round.is_practice = True
    db_session.flush()

    assert waiting_threads(world["lead"], ConsultationState.OPEN) == []


def test_home_of_a_body_has_its_practice(world: World, db_session: Session) -> None:
    consultation = make_answered(world)
    world.round.is_practice = True
    db_session.flush()

    assert waiting_threads(world["city"], ConsultationState.ANSWERED) == [consultation]


def test_leftovers_are_the_threads_without_a_draft(world: World) -> None:
    make_converted(world)
    ended, answered = make_ended(world), make_answered(world, "other")
    waiting = make_consultation(world)
    make_consultation(world, round=None)

    assert left_of_round(world.round) == [waiting, answered, ended]


def test_lead_is_told_of_leftovers_once_the_round_has_closed(world: World) -> None:
    make_consultation(world)
    make_ended(world)

    before = rounds_with_leftovers(world["lead"])
    with clock.at(world.round.closes_at + timedelta(seconds=1)):
        after = rounds_with_leftovers(world["lead"])
        of_officer = rounds_with_leftovers(world["officer1"])

    assert (before, after, of_officer) == ([], [(world.round, 1)], [])
