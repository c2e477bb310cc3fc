"""Giving a case back that belongs elsewhere (所管外)."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.extensions import db
from app.handoffs.lifecycle import move_handoff
from app.handoffs.models import Handoff
from app.handoffs.received import refused_twice
from app.handoffs.services.refuse import LONGEST_REASON, Refuse, refuse
from app.notifications.models import OutboxMessage
from app.workflow.handoffs import HandoffAction, HandoffState
from tests.factories import World, declare_conflict, make_classified, make_handoff, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def refusal(handoff: Handoff, **changes: object) -> Refuse:
    return Refuse(version=handoff.version, reason=str(changes.get("reason", "児童の福祉のため")))


def letters(session: Session) -> set[tuple[str, str]]:
    rows = session.scalars(
        select(OutboxMessage).where(OutboxMessage.letter.startswith("handoff_refused"))
    )
    return {(row.letter, row.recipient.login) for row in rows}


def rerouted(world: World, first: Handoff) -> Handoff:
    second = make_handoff(world, first.proposal, to=world["digital"].organization)
    second.rerouted_from = first
    db.session.flush()
    return second


def test_refusal_names_the_right_ministry_and_tells_the_office(
    world: World, db_session: Session
) -> None:
    handoff = make_handoff(world, make_classified(world))
    suggested = world["digital"].organization
    command = Refuse(version=handoff.version, reason="児童の福祉のため", suggested_id=suggested.id)

    refuse(handoff, command, actor=world["coordinator"])

    assert (handoff.state, handoff.end_reason, handoff.suggested_id) == (
        HandoffState.REFUSED,
        "児童の福祉のため",
        suggested.id,
    )
    assert letters(db_session) == {("handoff_refused", "officer1"), ("handoff_refused", "lead")}
    assert refused_twice(world["lead"]) == []


def test_second_refusal_goes_up_to_the_leads(world: World, db_session: Session) -> None:
    first = make_handoff(world, make_classified(world), state=HandoffState.REFUSED)
    second = rerouted(world, first)

    refuse(second, refusal(second), actor=world["digital-coord"])

    assert letters(db_session) == {
        ("handoff_refused", "officer1"),
        ("handoff_refused_twice", "lead"),
    }
    assert refused_twice(world["lead"]) == [second]
    assert refused_twice(world["officer1"]) == []
    declare_conflict(world["lead"], proposal=first.proposal)
    assert refused_twice(world["lead"]) == []


@pytest.mark.parametrize("reason", ["", " \u3000", "あ" * (LONGEST_REASON + 1)])
def test_refusal_needs_a_reason_that_can_be_read(world: World, reason: str) -> None:
    handoff = make_handoff(world, make_classified(world))

    with pytest.raises(InvalidInput) as refused:
        refuse(handoff, refusal(handoff, reason=reason), actor=world["coordinator"])

    assert list(refused.value.errors) == ["reason"]
    assert handoff.state is HandoffState.SENT


@pytest.mark.parametrize("login", ["ministry", "city"])
def test_refusal_names_no_impossible_ministry(world: World, login: str) -> None:
    handoff = make_handoff(world, make_classified(world))
    command = Refuse(
        version=handoff.version, reason="理由", suggested_id=world[login].organization_id
    )

    with pytest.raises(InvalidInput) as refused:
        refuse(handoff, command, actor=world["coordinator"])

    assert list(refused.value.errors) == ["suggested_id"]


def test_others_than_the_coordinator_do_not_refuse(world: World) -> None:
    handoff = make_handoff(world, make_classified(world))

    for login in ("ministry", "digital-coord", "lead"):
        with pytest.raises(NotAllowed):
            refuse(handoff, refusal(handoff), actor=world[login])

    assert handoff.state is HandoffState.SENT


def test_answered_hand_off_is_not_refused(world: World) -> None:
    handoff = make_handoff(world, make_classified(world), state=HandoffState.ACKNOWLEDGED)
    move_handoff(handoff, HandoffAction.ANSWER, actor=world["coordinator"])

    with pytest.raises(IllegalTransition):
        refuse(handoff, refusal(handoff), actor=world["coordinator"])
