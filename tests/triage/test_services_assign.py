"""Assignment (担当割当): who can be a reviewer, and what becomes of those before."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.services.users import disable_user
from app.core import clock
from app.core.errors import InvalidInput
from app.notifications.models import OutboxMessage
from app.proposals.models import Proposal
from app.triage.loads import open_case_counts
from app.triage.models import Assignment
from app.triage.queries import current_assignments, open_assessment
from app.triage.services.assign import Assign, assign
from app.workflow.states import State
from tests.factories import (
    World,
    declare_conflict,
    make_accepted,
    make_in_confirmation,
    make_in_review,
    make_world,
)


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def give_to(world: World, proposal: Proposal, *logins: str) -> None:
    ids = tuple(world[login].id for login in logins)
    assign(proposal, Assign(version=proposal.version, reviewer_ids=ids), actor=world["lead"])


def reviewers_of(proposal: Proposal) -> list[str]:
    return [row.reviewer.login for row in current_assignments(proposal)]


def test_case_can_have_several_reviewers(world: World) -> None:
    proposal = make_accepted(world)

    give_to(world, proposal, "officer1", "officer2", "officer1")

    assert reviewers_of(proposal) == ["officer1", "officer2"]


def test_new_reviewers_take_the_place_of_the_old(world: World) -> None:
    proposal = make_in_review(world, reviewer="officer1")

    give_to(world, proposal, "officer2", "lead")

    assert reviewers_of(proposal) == ["officer2", "lead"]
    counts = open_case_counts(world["lead"], world.round)
    assert counts == {world["officer2"].id: 1, world["lead"].id: 1}


def test_nobody_is_refused(world: World) -> None:
    proposal = make_accepted(world)

    with pytest.raises(InvalidInput) as refused:
        give_to(world, proposal)

    assert refused.value.errors == {"reviewer_ids": ["担当者を1人以上選んでください"]}


@pytest.mark.parametrize("login", ["auditor", "admin", "city", "ministry", "observer"])
def test_person_who_is_no_reviewer_is_refused(world: World, login: str) -> None:
    proposal = make_accepted(world)

    with pytest.raises(InvalidInput) as refused:
        give_to(world, proposal, "officer1", login)

    assert refused.value.errors == {"reviewer_ids": ["担当者を一覧から選んでください"]}
    assert (proposal.state, reviewers_of(proposal)) == (State.ACCEPTED, [])


def test_disabled_officer_is_refused(world: World) -> None:
    proposal = make_accepted(world)
    disable_user(world["officer1"], actor=world["admin"])

    with pytest.raises(InvalidInput):
        give_to(world, proposal, "officer1")


@pytest.mark.parametrize("by_body", [True, False])
def test_officer_with_a_conflict_is_refused_by_name(world: World, by_body: bool) -> None:
    proposal = make_accepted(world)
    if by_body:
        declare_conflict(world["officer2"], body=world["city"].organization)
    else:
        declare_conflict(world["officer2"], proposal=proposal)

    with pytest.raises(InvalidInput) as refused:
        give_to(world, proposal, "officer1", "officer2")

    assert refused.value.errors == {
        "reviewer_ids": [
            "officer2は利益相反があるため担当にできません。ほかの担当者を選んでください"
        ]
    }
    assert proposal.state is State.ACCEPTED


def test_new_assignment_sets_the_waiting_opinion_aside(world: World) -> None:
    proposal = make_in_confirmation(world)
    opinion = open_assessment(proposal)

    give_to(world, proposal, "officer2")

    assert opinion is not None
    assert (opinion.status, open_assessment(proposal)) == ("superseded", None)


def test_only_new_reviewers_are_told(world: World, db_session: Session) -> None:
    proposal = make_in_review(world, reviewer="officer1")

    give_to(world, proposal, "officer1", "officer2")

    told = db_session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.dedupe_key.startswith("assigned:"))
        .order_by(OutboxMessage.id)
    )
    assert [row.recipient.login for row in told] == ["officer1", "officer2"]


def test_database_refuses_the_same_reviewer_twice(world: World, db_session: Session) -> None:
    proposal = make_in_review(world, reviewer="officer1")
    (now_assigned,) = current_assignments(proposal)
    db_session.add(
        Assignment(
            proposal_id=proposal.id,
            reviewer_id=now_assigned.reviewer_id,
            assigned_by_id=world["lead"].id,
            assigned_at=clock.now(),
            due_on=now_assigned.due_on,
        )
    )

    with pytest.raises(IntegrityError):
        db_session.flush()
