"""Refusals, other leads, other dates (所管外の送り直し・主管の変更・期限の変更)."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.deadlines.services.extensions import Extend, extend
from app.deadlines.time_spent import Part, time_spent
from app.handoffs.lifecycle import move_handoff
from app.handoffs.models import Handoff
from app.handoffs.queries import handoffs_of, refusals_before
from app.handoffs.services.dates import Redate, redate_handoff
from app.handoffs.services.lead import ChangeLead, FormerLead, change_lead
from app.handoffs.services.recall import Recall, recall_handoff
from app.handoffs.services.reroute import Reroute, reroute
from app.proposals.models import Proposal
from app.workflow.handoffs import HandoffAction, HandoffPart, HandoffState
from app.workflow.terms import Term
from tests.factories import World, make_classified, make_handoff, make_world
from tests.handoffs.test_prepare import letters

START = clock.jst(2024, 8, 27, 10)


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(START):
        return make_world()


def sent_on(world: World, refused: Handoff, login: str, by: str = "officer1") -> Handoff:
    command = Reroute(
        version=refused.version,
        destination_id=world[login].organization_id,
        request_text="検討をお願いします。",
    )
    return reroute(refused, command, actor=world[by])


def classified(world: World) -> Proposal:
    with clock.at(START):
        return make_classified(world)


def test_rerouting_points_back_and_the_total_time_goes_on(world: World) -> None:
    proposal = classified(world)
    with clock.at(START):
        refused = make_handoff(world, proposal)
    with clock.at(clock.jst(2024, 8, 29, 10)):
        move_handoff(refused, HandoffAction.REFUSE, actor=world["coordinator"], reason="所管外")
        again = sent_on(world, refused, "digital")

    with clock.at(clock.jst(2024, 9, 2, 10)):
        spent = time_spent(proposal)

    assert (again.rerouted_from, again.part, again.state) == (
        refused,
        HandoffPart.LEAD,
        HandoffState.SENT,
    )
    assert again.due_on == date(2024, 9, 3)
    assert spent is not None
    assert spent.adds_up
    # 8/27 10:00 to 9/2 10:00 is four office days, over both ministries.
    assert spent.parts[Part.MINISTRY].days == 4
    with pytest.raises(IllegalTransition):
        sent_on(world, refused, "digital")


def test_after_the_second_refusal_the_lead_decides(world: World) -> None:
    proposal = classified(world)
    first = make_handoff(world, proposal, state=HandoffState.REFUSED)
    second = sent_on(world, first, "digital")
    move_handoff(second, HandoffAction.REFUSE, actor=world["digital-coord"], reason="所管外")

    assert refusals_before(second) == [first, second]
    with pytest.raises(NotAllowed):
        sent_on(world, second, "ministry")
    third = sent_on(world, second, "ministry", by="lead")
    assert third.destination is world["ministry"].organization


def test_officer_does_not_send_back_to_who_refused(world: World) -> None:
    refused = make_handoff(world, classified(world), state=HandoffState.REFUSED)

    with pytest.raises(InvalidInput) as error:
        sent_on(world, refused, "ministry")

    assert list(error.value.errors) == ["destination_id"]


@pytest.mark.parametrize("former", list(FormerLead))
def test_lead_changes_and_both_ministries_are_told(world: World, former: FormerLead) -> None:
    proposal = classified(world)
    lead = make_handoff(world, proposal)
    command = ChangeLead(
        version=lead.version,
        destination_id=world["digital"].organization_id,
        former=former,
        reason="所管の変更",
        request_text="検討をお願いします。",
    )

    with pytest.raises(NotAllowed):
        change_lead(lead, command, actor=world["officer1"])
    new = change_lead(lead, command, actor=world["lead"])

    is_kept = former is FormerLead.RELATED
    told = "handoff_part_changed" if is_kept else "handoff_recalled"
    assert handoffs_of(proposal)[-1 if is_kept else 0] is lead
    assert (new.part, new.state) == (HandoffPart.LEAD, HandoffState.SENT)
    assert lead.part is (HandoffPart.RELATED if is_kept else HandoffPart.LEAD)
    assert lead.state is (HandoffState.SENT if is_kept else HandoffState.RECALLED)
    assert [row[0] for row in letters(told)] == [str(world["coordinator"].id)]


def test_related_ministry_moves_up_without_a_second_hand_off(world: World) -> None:
    proposal = classified(world)
    lead = make_handoff(world, proposal)
    related = make_handoff(
        world, proposal, to=world["digital"].organization, part=HandoffPart.RELATED
    )
    command = ChangeLead(
        version=lead.version,
        destination_id=related.destination_id,
        former=FormerLead.RELATED,
        reason="所管の変更",
    )

    change_lead(lead, command, actor=world["lead"])

    assert handoffs_of(proposal) == [related, lead]


def test_another_date_keeps_the_old_one_and_moves_the_case(world: World) -> None:
    proposal = classified(world)
    with clock.at(START):
        handoff = make_handoff(world, proposal, state=HandoffState.ACKNOWLEDGED)
        former = handoff.due_on
        command = Redate(version=handoff.version, due_on=date(2024, 12, 2), reason="年末の調整")

        with pytest.raises(InvalidInput):
            redate_handoff(
                handoff,
                Redate(version=handoff.version, due_on=date(2024, 8, 26), reason="過ぎた日"),
                actor=world["lead"],
            )
        redate_handoff(handoff, command, actor=world["lead"])
        with pytest.raises(IllegalTransition):
            extend(
                proposal,
                Extend(version=proposal.version, due_on=date(2025, 1, 6), reason="延長"),
                actor=world["lead"],
            )

    replies = [row.due_on for row in handoff.dues if row.term is Term.REPLY]
    assert replies == [former, date(2024, 12, 2)]
    assert proposal.due_on == handoff.due_on == date(2024, 12, 2)
    assert [row[0] for row in letters("handoff_redated")] == [str(world["coordinator"].id)]


def test_recalled_hand_off_is_over_and_its_ministry_told(world: World) -> None:
    proposal = classified(world)
    handoff = make_handoff(world, proposal, state=HandoffState.ACKNOWLEDGED)

    recall_handoff(handoff, Recall(version=handoff.version, reason="誤送付"), actor=world["lead"])

    assert (handoff.state, handoff.end_reason) == (HandoffState.RECALLED, "誤送付")
    assert proposal.due_on is None
    assert [row[0] for row in letters("handoff_recalled")] == [str(world["coordinator"].id)]
    with pytest.raises(IllegalTransition):
        move_handoff(handoff, HandoffAction.ANSWER, actor=world["coordinator"])
