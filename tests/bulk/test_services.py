"""One act on many cases (一括操作): all or nothing, and the way back."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.bulk.models import BulkAct, BulkKind
from app.bulk.rehearsal import rehearse
from app.bulk.services.acting import MOST_CASES, ActOnMany, act_on_many
from app.bulk.services.undoing import undo
from app.core import clock
from app.core.errors import (
    IllegalTransition,
    InvalidInput,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.clocks import running_clock
from app.proposals.models import CaseClock, Proposal
from app.triage.models import Assignment
from app.triage.queries import current_assignments, open_assessment
from app.workflow.states import State
from tests.factories import (
    World,
    declare_conflict,
    make_accepted,
    make_in_confirmation,
    make_in_review,
    make_world,
)

NOW = clock.jst(2024, 8, 20, 10)
LATER = clock.jst(2024, 8, 21, 10)
SESSION, OTHER_SESSION = "a" * 64, "b" * 64


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def seen(*cases: Proposal) -> tuple[tuple[int, int], ...]:
    found = tuple((case.id, case.version) for case in cases)
    db.session.commit()
    return found


def assigning(world: World, *cases: Proposal, login: str = "officer2") -> ActOnMany:
    return ActOnMany(
        kind=BulkKind.ASSIGN, cases=seen(*cases), reviewer_ids=(world[login].id,), reason="分担"
    )


def do(command: ActOnMany, world: World, login: str = "lead") -> BulkAct:
    with unit_of_work():
        return act_on_many(command, actor=world[login], session_key=SESSION)


def standing(case: Proposal) -> tuple[object, ...]:
    running = running_clock(case)
    waiting = open_assessment(case)
    return (
        case.state,
        case.state_since,
        case.due_on,
        case.category_id,
        case.provisional_category_id,
        running.id if running else None,
        case.pending_owner_id,
        [row.id for row in current_assignments(case)],
        waiting.id if waiting else None,
    )


def events() -> int:
    return db.session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def test_act_moves_every_case(world: World) -> None:
    cases = [make_accepted(world), make_in_review(world), make_in_confirmation(world)]

    act = do(assigning(world, *cases), world)

    assert [case.state for case in cases] == [State.IN_REVIEW] * 3
    assert [[row.reviewer for row in current_assignments(case)] for case in cases] == [
        [world["officer2"]]
    ] * 3
    assert [row.version_after for row in act.items] == [case.version for case in cases]


def test_one_refusal_leaves_all_as_they_were(world: World) -> None:
    first, second = make_accepted(world), make_accepted(world)
    declare_conflict(world["officer2"], proposal=second)
    command = assigning(world, first, second)
    before = standing(first), standing(second), events()

    with pytest.raises(InvalidInput):
        do(command, world)

    assert (standing(first), standing(second), events()) == before
    assert db.session.scalar(select(func.count()).select_from(BulkAct)) == 0


def test_case_that_moved_meanwhile_stops_all(world: World) -> None:
    first, second = make_accepted(world), make_accepted(world)
    command = assigning(world, first, second)
    do(assigning(world, second), world)

    with pytest.raises(StaleVersion):
        do(command, world)

    assert first.state is State.ACCEPTED


def test_undo_puts_everything_back(world: World) -> None:
    cases = [make_accepted(world), make_in_review(world), make_in_confirmation(world)]
    before = [standing(case) for case in cases]
    act = do(assigning(world, *cases), world)

    with clock.at(LATER), unit_of_work():
        count = undo(act, actor=world["lead"], session_key=SESSION)

    assert count == 3
    assert [standing(case) for case in cases] == before
    verbs = db.session.scalars(
        select(AuditEvent.verb)
        .where(AuditEvent.subject_type == "proposal", AuditEvent.subject_id == cases[0].id)
        .order_by(AuditEvent.seq)
    ).all()
    assert verbs[-2:] == ["proposal.assign", "proposal.take_back"]


def test_undo_keeps_the_ended_clock_and_assignment(world: World) -> None:
    case = make_accepted(world)
    act = do(assigning(world, case), world)

    with unit_of_work():
        undo(act, actor=world["lead"], session_key=SESSION)

    [given] = db.session.scalars(select(Assignment).where(Assignment.proposal_id == case.id))
    assert given.ended_at is not None
    ends = db.session.scalars(
        select(CaseClock.end).where(CaseClock.proposal_id == case.id).order_by(CaseClock.id.desc())
    ).all()
    assert ends[:2] == ["replaced", None]


@pytest.mark.parametrize(("login", "key"), [("lead", OTHER_SESSION), ("officer1", SESSION)])
def test_undo_belongs_to_its_actor_and_sign_in(world: World, login: str, key: str) -> None:
    case = make_accepted(world)
    act = do(assigning(world, case), world)

    with pytest.raises(NotAllowed), unit_of_work():
        undo(act, actor=world[login], session_key=key)

    assert case.state is State.IN_REVIEW


def test_undo_after_somebody_moved_one_puts_none_back(world: World) -> None:
    first, second = make_accepted(world), make_accepted(world)
    act = do(assigning(world, first, second), world)
    do(assigning(world, second, login="officer3"), world)

    with pytest.raises(StaleVersion) as refused, unit_of_work():
        undo(act, actor=world["lead"], session_key=SESSION)

    assert second.reference in refused.value.message
    assert first.reference not in refused.value.message
    assert first.state is State.IN_REVIEW


def test_undo_happens_once(world: World) -> None:
    act = do(assigning(world, make_accepted(world)), world)

    with unit_of_work():
        undo(act, actor=world["lead"], session_key=SESSION)
    with pytest.raises(IllegalTransition, match="すでに取り消されています"), unit_of_work():
        undo(act, actor=world["lead"], session_key=SESSION)


def test_undone_resumption_gives_the_pending_case_back_to_its_owner(world: World) -> None:
    case = make_in_review(world)
    holding = ActOnMany(
        kind=BulkKind.HOLD, cases=seen(case), reason="照会中", revisit_on=date(2024, 9, 2)
    )
    do(holding, world, "officer1")
    before = standing(case)
    act = do(ActOnMany(kind=BulkKind.RESUME, cases=seen(case), reason="再開"), world)

    with unit_of_work():
        undo(act, actor=world["lead"], session_key=SESSION)

    assert case.pending_owner_id == world["officer1"].id
    assert standing(case) == before


def test_undo_gives_no_case_to_somebody_with_a_conflict_by_now(world: World) -> None:
    case = make_in_review(world)
    act = do(assigning(world, case), world)
    declare_conflict(world["officer1"], proposal=case)
    db.session.commit()

    with unit_of_work():
        undo(act, actor=world["lead"], session_key=SESSION)

    assert case.state is State.IN_REVIEW
    assert current_assignments(case) == []


def test_actor_with_a_conflict_by_now_undoes_nothing(world: World) -> None:
    first, second = make_accepted(world), make_accepted(world)
    act = do(assigning(world, first, second), world)
    declare_conflict(world["lead"], proposal=second)
    db.session.commit()

    with pytest.raises(NotAllowed, match="利益相反のある提案"), unit_of_work():
        undo(act, actor=world["lead"], session_key=SESSION)

    assert [row.state for row in (first, second)] == [State.IN_REVIEW] * 2


def test_hold_and_its_undo(world: World) -> None:
    case = make_in_confirmation(world)
    before = standing(case)
    command = ActOnMany(
        kind=BulkKind.HOLD, cases=seen(case), reason="照会中", revisit_on=date(2024, 9, 2)
    )

    act = do(command, world, "officer1")
    held = case.state, case.due_on
    with unit_of_work():
        undo(act, actor=world["officer1"], session_key=SESSION)

    assert held == (State.PENDING, date(2024, 9, 2))
    assert standing(case) == before


def test_assigning_many_is_for_leads(world: World) -> None:
    command = assigning(world, make_accepted(world))

    with pytest.raises(NotAllowed):
        do(command, world, "officer1")


def test_hidden_case_is_not_moved(world: World) -> None:
    case = make_in_review(world)
    declare_conflict(world["officer2"], proposal=case)
    command = ActOnMany(
        kind=BulkKind.HOLD, cases=seen(case), reason="照会中", revisit_on=date(2024, 9, 2)
    )

    with pytest.raises(NotFound):
        do(command, world, "officer2")

    assert rehearse(command, actor=world["officer2"]) == []


@pytest.mark.parametrize("count", [0, MOST_CASES + 1])
def test_number_of_cases_is_bounded(world: World, count: int) -> None:
    cases = tuple((number, 1) for number in range(1, count + 1))
    command = ActOnMany(kind=BulkKind.RESUME, cases=cases)

    with pytest.raises(InvalidInput):
        do(command, world)


def test_rehearsal_says_what_would_happen_and_changes_nothing(world: World) -> None:
    good, bad = make_accepted(world), make_accepted(world)
    declare_conflict(world["officer2"], proposal=bad)
    command = assigning(world, good, bad)
    before = standing(good), standing(bad), events()

    found = rehearse(command, actor=world["lead"])

    name = world["officer2"].display_name
    assert [(row.reference, row.before.split("・")[0]) for row in found] == [
        (good.reference, "割当待ち"),
        (bad.reference, "割当待ち"),
    ]
    assert found[0].after == f"仕分け中・担当 {name}・9月3日（火）"
    assert "利益相反" in found[1].problem
    assert (standing(good), standing(bad), events()) == before
