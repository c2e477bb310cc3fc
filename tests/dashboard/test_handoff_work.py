"""What waits after the hand-offs, on the home of the secretariat (送付・回答の仕事)."""

import pytest
from sqlalchemy.orm import Session

from app.dashboard.handoff_work import HandoffWork, handoff_work
from app.handoffs.services.reroute import Reroute, reroute
from app.workflow.handoffs import HandoffState
from tests.factories import World, declare_conflict, make_classified, make_handoff, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


def test_what_waits_is_counted_by_what_has_to_be_done(world: World) -> None:
    for state in (HandoffState.PREPARED, HandoffState.ANSWERED, HandoffState.REFUSED):
        make_handoff(world, make_classified(world), state=state)

    assert handoff_work(world["lead"], world.round) == HandoffWork(1, 1, 1, 0)


def test_what_was_sent_on_waits_no_more(world: World) -> None:
    refused = make_handoff(world, make_classified(world), state=HandoffState.REFUSED)
    command = Reroute(
        version=refused.version,
        destination_id=world["digital"].organization_id,
        request_text="検討をお願いします。",
    )
    reroute(refused, command, actor=world["officer1"])

    assert handoff_work(world["lead"], world.round) == HandoffWork(0, 0, 0, 0)


def test_a_person_with_a_conflict_counts_nothing_of_the_case(world: World) -> None:
    case = make_classified(world)
    make_handoff(world, case, state=HandoffState.ANSWERED)
    declare_conflict(world["officer2"], proposal=case)

    assert handoff_work(world["officer2"], world.round) == HandoffWork(0, 0, 0, 0)
