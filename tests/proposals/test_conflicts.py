"""Conflicts of interest as a condition (利益相反): both ways to ask find the same cases."""

import pytest
from sqlalchemy import ColumnElement, literal, select
from sqlalchemy.orm import Session

from app.core import clock
from app.proposals.conflicts import conflict_of, conflict_of_each
from app.proposals.models import CoProposer, PartnerAnswer, Proposal
from tests.factories import declare_conflict, make_accepted, make_merged, make_world


def found(db_session: Session, condition: ColumnElement[bool]) -> set[int]:
    return set(db_session.scalars(select(Proposal.id).where(condition)))


@pytest.fixture(params=[conflict_of, lambda user_id: conflict_of_each(literal(user_id))])
def condition(request):
    return request.param


def test_conflict_with_a_partner_hides_the_case_of_the_partner_alone(db_session, condition):
    world = make_world()
    officer = world["officer1"]
    shared, _other = make_accepted(world), make_accepted(world)
    partner = world["other-mgr"].organization
    db_session.add(
        CoProposer(
            proposal_id=shared.id,
            organization_id=partner.id,
            answer=PartnerAnswer.ACCEPTED,
            asked_by_id=world["city-mgr"].id,
            asked_at=clock.now(),
            answered_at=clock.now(),
            answered_by_id=world["other-mgr"].id,
        )
    )
    declare_conflict(officer, body=partner)

    hidden = found(db_session, condition(officer.id))

    assert hidden == {shared.id}


def test_conflict_with_a_merged_case_hides_it_and_what_it_went_into(db_session, condition):
    world = make_world()
    officer = world["officer1"]
    merged, _other = make_merged(world), make_accepted(world)
    declare_conflict(officer, proposal=merged)

    hidden = found(db_session, condition(officer.id))

    assert hidden == {merged.id, merged.merged_into_id}
