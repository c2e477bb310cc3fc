"""What the hand-offs of a case say of it (送付の現況): standing, clock, date, holders, time."""

from datetime import date, datetime, timedelta
from itertools import combinations_with_replacement

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.handoff_filter import stands_with_ministries
from app.core import clock
from app.deadlines.time_spent import Part, time_spent
from app.extensions import db
from app.handoffs.lifecycle import move_handoff
from app.handoffs.models import Handoff
from app.handoffs.queries import handoffs_of, unrouted
from app.handoffs.services.reroute import Reroute, reroute
from app.handoffs.standing import HandoffStanding, standing_of_handoffs
from app.proposals.clocks import running_clock
from app.proposals.models import Proposal
from app.reports.backlog.at_ministries import ministries_at
from app.workflow.handoffs import HandoffAction, HandoffPart, HandoffState
from app.workflow.terms import Holder, Term
from tests.factories import World, make_classified, make_handoff, make_world

START = clock.jst(2024, 8, 27, 10)
_S = HandoffState
# The first that is there says where the case stands, and whose date runs.
FIRST_SAYS = (
    (_S.SENT, HandoffStanding.AWAITING_ACKNOWLEDGEMENT),
    (_S.ACKNOWLEDGED, HandoffStanding.AWAITING_REPLY),
    (_S.ANSWERED, HandoffStanding.ANSWERED),
    (_S.PREPARED, HandoffStanding.PREPARED),
    (_S.SETTLED, HandoffStanding.SETTLED),
    (_S.REFUSED, HandoffStanding.REFUSED),
)
CLOCKS = {
    _S.SENT: (Term.ACKNOWLEDGEMENT, Holder.MINISTRY),
    _S.ACKNOWLEDGED: (Term.REPLY, Holder.MINISTRY),
    _S.ANSWERED: (Term.SETTLEMENT, Holder.SECRETARIAT),
}


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(START):
        return make_world()


def hand_to_two(world: World, proposal: Proposal, former: HandoffState, lead: HandoffState) -> None:
    """Give a case to the ministry that led first, and a day later to the present lead."""
    with clock.at(START):
        row = make_handoff(world, proposal, state=former, to=world["digital"].organization)
        row.part = HandoffPart.RELATED
        db.session.flush()
    with clock.at(START + timedelta(days=1)):
        make_handoff(world, proposal, state=lead)


def expected_standing(states: set[HandoffState]) -> HandoffStanding:
    told = [standing for state, standing in FIRST_SAYS if state in states]
    return told[0] if told else HandoffStanding.NONE


def expected_clock(rows: list[Handoff]) -> tuple[Term, Holder, date | None] | None:
    moving = [row for row in rows if row.state in (_S.SENT, _S.ACKNOWLEDGED)]
    owing = moving or [row for row in rows if row.state is _S.ANSWERED]
    if not owing:
        return None
    first = min(owing, key=lambda row: (str(row.due_on), row.id))
    return (*CLOCKS[first.state], first.due_on)


def found_clock(proposal: Proposal) -> tuple[Term, Holder, date | None] | None:
    running = running_clock(proposal)
    assert proposal.due_on == (running.due_on if running else None)
    return (running.term, running.holder, running.due_on) if running else None


def test_every_pair_of_states_tells_standing_clock_and_date(world: World) -> None:
    with clock.at(START):
        proposal = make_classified(world)

    for pair in combinations_with_replacement(HandoffState, 2):
        step = db.session.begin_nested()
        hand_to_two(world, proposal, *pair)

        told = standing_of_handoffs(proposal)

        assert told is expected_standing(set(pair)), pair
        assert found_clock(proposal) == expected_clock(handoffs_of(proposal)), pair
        assert filters_that_find(proposal) == [told], pair
        step.rollback()


def filters_that_find(proposal: Proposal) -> list[HandoffStanding]:
    """Values of the filter of the list that find the case: it says the same in SQL."""
    found = select(Proposal.id).where(Proposal.id == proposal.id)
    return [
        standing
        for standing in HandoffStanding
        if db.session.scalar(found.where(stands_with_ministries(standing)))
    ]


def test_an_overdue_reply_is_not_hidden_by_a_ministry_asked_later(world: World) -> None:
    with clock.at(START):
        proposal = make_classified(world)
        lead = make_handoff(world, proposal, state=_S.ACKNOWLEDGED)
    late = lead.due_on
    assert late is not None

    with clock.at(clock.jst(late.year, late.month, late.day, 10) + timedelta(days=1)):
        make_handoff(world, proposal, to=world["digital"].organization, part=HandoffPart.RELATED)

    assert standing_of_handoffs(proposal) is HandoffStanding.AWAITING_ACKNOWLEDGEMENT
    assert found_clock(proposal) == (Term.REPLY, Holder.MINISTRY, late)


def test_time_adds_up_over_a_refusal_that_lay_and_its_rerouting(world: World) -> None:
    with clock.at(START):
        proposal = make_classified(world)
        refused = make_handoff(world, proposal)
    with clock.at(clock.jst(2024, 8, 29, 10)):
        move_handoff(refused, HandoffAction.REFUSE, actor=world["coordinator"], reason="所管外")
    with clock.at(clock.jst(2024, 9, 3, 10)):
        command = Reroute(
            version=refused.version,
            destination_id=world["digital"].organization_id,
            request_text="検討をお願いします。",
        )
        reroute(refused, command, actor=world["officer1"])

    with clock.at(clock.jst(2024, 9, 5, 10)):
        spent = time_spent(proposal)

    assert spent is not None
    assert spent.adds_up
    # 8/27-8/29 and 9/3-9/5 at the ministries; 8/29-9/3 (three office days) lay with nobody.
    assert spent.parts[Part.MINISTRY] == timedelta(days=4)
    assert spent.parts[Part.RESTING] == timedelta(days=3)


def holders_at(proposal: Proposal, instant: datetime | None) -> list[str]:
    ids = select(Proposal.id).where(Proposal.id == proposal.id)
    return [holder.name for holder in ministries_at(ids, instant).get(proposal.id, ())]


def test_backlog_names_the_ministries_of_an_instant(world: World) -> None:
    with clock.at(START):
        proposal = make_classified(world)
        lead = make_handoff(world, proposal)
    with clock.at(clock.jst(2024, 8, 28, 10)):
        digital = make_handoff(
            world, proposal, to=world["digital"].organization, part=HandoffPart.RELATED
        )
    with clock.at(clock.jst(2024, 8, 29, 10)):
        move_handoff(digital, HandoffAction.REFUSE, actor=world["digital-coord"], reason="所管外")
    with clock.at(clock.jst(2024, 8, 30, 10)):
        move_handoff(lead, HandoffAction.ACKNOWLEDGE, actor=world["coordinator"])
        move_handoff(lead, HandoffAction.ANSWER, actor=world["coordinator"])

    days = {day: holders_at(proposal, clock.jst(2024, 8, day, 12)) for day in (26, 27, 28, 29, 30)}

    own, other = lead.destination.name, digital.destination.name
    assert days == {26: [], 27: [own], 28: [own, other], 29: [own], 30: []}
    assert holders_at(proposal, None) == []


def test_a_lead_found_another_way_follows_a_refusal(world: World) -> None:
    with clock.at(START):
        proposal = make_classified(world)
    refused = make_handoff(world, proposal, state=_S.REFUSED)
    assert unrouted(handoffs_of(proposal)) == [refused]

    again = make_handoff(world, proposal, to=world["digital"].organization)

    assert unrouted(handoffs_of(proposal)) == []
    move_handoff(again, HandoffAction.REFUSE, actor=world["digital-coord"], reason="所管外")
    assert unrouted(handoffs_of(proposal)) == [again]
