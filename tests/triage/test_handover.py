"""Handing open work over (引継ぎ): all of a person's cases, to one of the same side, traced."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Role, User
from app.accounts.services.bodies import Dissolve, dissolve
from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed, NotFound
from app.notifications.models import OutboxMessage
from app.proposals.models import Proposal
from app.proposals.services.drafts import discard_draft
from app.triage.duties import Duty
from app.triage.models import Assignment
from app.triage.open_work import get_predecessor, keeper_of, open_work, successors
from app.triage.queries import current_assignments
from app.triage.services.handover import HandOver, hand_over
from app.workflow.states import State
from tests.factories import (
    World,
    declare_conflict,
    give_opinion,
    make_draft,
    make_in_review,
    make_in_state,
    make_pending,
    make_returned,
    make_user,
    make_world,
)


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    body = world["city"].organization
    world.people["city2"] = make_user("city2", body, Role.PROPOSER)
    db_session.commit()
    return world


def ids_of(world: World, login: str, reader: str) -> list[int]:
    return sorted(row.proposal.id for row in open_work(world[login], world[reader]))


def move(
    world: World, *cases: Proposal, to: str = "city2", by: str = "city-mgr", **more: object
) -> int:
    of = "city" if by != "lead" else "officer1"
    command = HandOver(
        successor_id=world[to].id, proposal_ids=tuple(case.id for case in cases), **more
    )
    return hand_over(world[of], command, actor=world[by])


def test_drafts_and_corrections_go_to_the_successor(world: World, db_session: Session) -> None:
    cases = [make_draft(world), make_returned(world), make_draft(world)]
    versions = [case.version for case in cases]
    before = ids_of(world, "city", "city-mgr")

    count = move(world, *cases, note="4月から")
    db_session.commit()

    assert before == sorted(case.id for case in cases)
    assert count == 3
    assert ids_of(world, "city", "city-mgr") == []
    assert ids_of(world, "city2", "city-mgr") == before
    assert [keeper_of(case) for case in cases] == [world["city2"]] * 3
    # Who wrote them, their text and their versions are history.
    assert [case.created_by_id for case in cases] == [world["city"].id] * 3
    assert [case.version for case in cases] == versions
    entries = db_session.scalars(select(AuditEvent).where(AuditEvent.verb == "proposal.hand_over"))
    ids = {"from_id": world["city"].id, "to_id": world["city2"].id}
    assert [(row.subject_id, row.reason, row.changes) for row in entries] == [
        (case.id, "4月から", ids) for case in sorted(cases, key=lambda case: case.id)
    ]


def test_part_of_the_work_can_stay(world: World) -> None:
    first, second = make_draft(world), make_draft(world)

    move(world, second)

    assert ids_of(world, "city", "city-mgr") == [first.id]
    assert ids_of(world, "city2", "city-mgr") == [second.id]


def test_work_can_be_handed_on_and_back(world: World) -> None:
    draft = make_draft(world)
    move(world, draft)
    back = HandOver(successor_id=world["city"].id, proposal_ids=(draft.id,))

    hand_over(world["city2"], back, actor=world["city-mgr"])

    assert keeper_of(draft) == world["city"]
    assert ids_of(world, "city2", "city-mgr") == []


@pytest.mark.parametrize("state", [State.CLOSED, State.WITHDRAWN])
def test_what_is_settled_is_no_open_work(world: World, state: State) -> None:
    make_in_state(world, state)

    assert ids_of(world, "city", "city-mgr") == []


def test_draft_that_was_handed_over_can_be_thrown_away(world: World, db_session: Session) -> None:
    draft = make_draft(world)
    move(world, draft)

    discard_draft(draft, version=draft.version, actor=world["city2"])
    db_session.commit()

    assert db_session.scalars(select(Proposal)).all() == []


def test_account_ends_with_the_handover(world: World) -> None:
    draft = make_draft(world)
    last_day = date(2099, 3, 31)

    move(world, draft, ends_on=last_day)

    assert world["city"].ends_on == last_day


def test_last_manager_keeps_all_work_when_the_account_may_not_end(
    world: World, db_session: Session
) -> None:
    draft = make_draft(world)
    db_session.commit()
    command = HandOver(successor_id=world["city2"].id, proposal_ids=(), ends_on=date(2099, 3, 31))

    with pytest.raises(InvalidInput) as refused:
        hand_over(world["city-mgr"], command, actor=world["admin"])

    assert list(refused.value.errors) == ["ends_on"]
    assert keeper_of(draft) == world["city"]


def test_successor_is_of_the_same_body_and_active(world: World) -> None:
    draft = make_draft(world)
    world["city2"].disabled_at = clock.now()

    for stranger in ("other", "officer1", "city2", "city"):
        with pytest.raises(InvalidInput) as refused:
            move(world, draft, to=stranger)
        assert list(refused.value.errors) == ["successor_id"]


@pytest.mark.parametrize("actor", ["city", "other-mgr", "lead", "officer1"])
def test_others_may_not_hand_over(world: World, actor: str) -> None:
    draft = make_draft(world)
    command = HandOver(successor_id=world["city2"].id, proposal_ids=(draft.id,))

    with pytest.raises(NotAllowed):
        hand_over(world["city"], command, actor=world[actor])
    with pytest.raises(NotFound):
        get_predecessor(world[actor], world["city"].id)


def test_case_that_moved_meanwhile_is_refused(world: World) -> None:
    first, second = make_draft(world), make_draft(world)
    move(world, first)

    with pytest.raises(InvalidInput) as refused:
        move(world, first, second)

    assert list(refused.value.errors) == ["proposal_ids"]
    assert keeper_of(second) == world["city"]


def test_nothing_chosen_is_refused(world: World) -> None:
    with pytest.raises(InvalidInput):
        hand_over(world["city"], HandOver(successor_id=None, proposal_ids=()), actor=world["admin"])


def test_p28_successor_body_takes_over_the_work_of_a_merged_one(
    world: World, db_session: Session
) -> None:
    draft = make_draft(world)
    body = world["city"].organization
    command = Dissolve(dissolved_on=clock.today(), successor_id=world["other"].organization_id)
    dissolve(body, command, version=body.version, actor=world["admin"])
    db_session.commit()

    people = [person.login for person in successors(world["city"])]
    wanted = HandOver(successor_id=world["other"].id, proposal_ids=(draft.id,))
    hand_over(world["city"], wanted, actor=world["other-mgr"])

    assert people == ["other", "other-mgr"]
    assert keeper_of(draft) == world["other"]


# --- The secretariat ----------------------------------------------------------------------------


def test_assignment_goes_on_with_its_due_day(world: World, db_session: Session) -> None:
    case = make_in_review(world)
    due_on, version = case.due_on, case.version

    move(world, case, to="officer2", by="lead")
    db_session.commit()

    current = current_assignments(case)
    assert [(row.reviewer_id, row.due_on) for row in current] == [(world["officer2"].id, due_on)]
    assert (case.state, case.version, case.due_on) == (State.IN_REVIEW, version, due_on)
    letters = db_session.scalars(
        select(OutboxMessage).where(OutboxMessage.recipient_id == world["officer2"].id)
    ).all()
    assert len(letters) == 1
    verb = db_session.scalars(
        select(AuditEvent.verb).order_by(AuditEvent.seq.desc()).limit(1)
    ).one()
    assert verb == "proposal.reassign"


def test_reviewer_who_is_on_the_case_already_gets_no_second_row(
    world: World, db_session: Session
) -> None:
    case = make_in_review(world)
    row = current_assignments(case)[0]
    db_session.add(
        Assignment(
            proposal_id=case.id,
            reviewer_id=world["officer2"].id,
            assigned_by_id=world["lead"].id,
            assigned_at=clock.now(),
            due_on=row.due_on,
        )
    )
    db_session.flush()

    move(world, case, to="officer2", by="lead")

    assert [row.reviewer_id for row in current_assignments(case)] == [world["officer2"].id]


def test_opinion_that_waits_stays_as_it_was_given(world: World) -> None:
    case = make_in_review(world)
    opinion = give_opinion(world, case)

    move(world, case, to="officer2", by="lead")

    assert (opinion.author_id, case.state) == (world["officer1"].id, State.IN_CONFIRMATION)


def test_reviewer_with_a_conflict_is_refused_and_nothing_moves(world: World) -> None:
    first, second = make_in_review(world), make_in_review(world)
    declare_conflict(world["officer2"], proposal=second)

    with pytest.raises(InvalidInput) as refused:
        move(world, first, second, to="officer2", by="lead")

    assert len(refused.value.errors["proposal_ids"]) == 1
    assert second.reference in refused.value.errors["proposal_ids"][0]
    assert current_assignments(first)[0].reviewer_id == world["officer1"].id


def test_lead_with_a_conflict_does_not_see_the_case(world: World) -> None:
    case = make_in_review(world)
    declare_conflict(world["lead"], proposal=case)

    assert ids_of(world, "officer1", "lead") == []


def test_gone_reviewer_stays_listed_until_the_work_is_moved(world: World) -> None:
    case = make_in_review(world)
    reviewer: User = world["officer1"]
    reviewer.disabled_at = clock.now()

    assert ids_of(world, "officer1", "lead") == [case.id]
    assert "officer1" not in [person.login for person in successors(reviewer)]


def test_all_that_an_officer_has_in_hand_goes_over_in_one_act(
    world: World, db_session: Session
) -> None:
    review, pending, returned = make_in_review(world), make_pending(world), make_returned(world)
    work = open_work(world["officer1"], world["lead"])
    before = {row.proposal.id: set(row.duties) for row in work}
    cases = (review, pending, returned)

    command = HandOver(
        successor_id=world["officer2"].id,
        proposal_ids=tuple(case.id for case in cases),
        others={returned.id: world["officer3"].id},
        note="異動",
    )
    count = hand_over(world["officer1"], command, actor=world["lead"])
    db_session.commit()

    assert before == {
        review.id: {Duty.REVIEW},
        pending.id: {Duty.REVIEW, Duty.PENDING},
        returned.id: {Duty.CORRECTION},
    }
    assert count == 3
    assert open_work(world["officer1"], world["lead"]) == []
    assert ids_of(world, "officer2", "lead") == [review.id, pending.id]
    assert ids_of(world, "officer3", "lead") == [returned.id]
    entries = db_session.scalars(select(AuditEvent).where(AuditEvent.verb == "proposal.reassign"))
    assert [row.subject_id for row in entries] == [case.id for case in cases]


def test_successor_of_a_single_case_in_conflict_stops_all(world: World) -> None:
    first, second = make_in_review(world), make_in_review(world)
    declare_conflict(world["officer3"], proposal=second)
    command = HandOver(
        successor_id=world["officer2"].id,
        proposal_ids=(first.id, second.id),
        others={second.id: world["officer3"].id},
    )

    with pytest.raises(InvalidInput) as refusal:
        hand_over(world["officer1"], command, actor=world["lead"])

    assert list(refusal.value.errors) == ["proposal_ids"]
    assert ids_of(world, "officer1", "lead") == [first.id, second.id]
