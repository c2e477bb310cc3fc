"""The check of the cases about hand-offs (送付の点検): each fault is named."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import clock
from app.discrepancies.cases.findings import CaseKind
from app.discrepancies.cases.overview import check_cases
from app.handoffs.models import Handoff
from app.proposals.models import Proposal
from app.rounds.models import Category
from app.workflow.handoffs import HandoffState
from app.workflow.states import FollowUp, State
from tests.factories import World, make_classified, make_handoff

KINDS = (
    CaseKind.CLOCK,
    CaseKind.DUE_DATE,
    CaseKind.NO_HANDOFF,
    CaseKind.HANDOFF_DATE,
    CaseKind.HANDOFF_OPEN,
    CaseKind.HANDOFF_UNSETTLED,
)


def found(world: World) -> list[tuple[CaseKind, str, str]]:
    return [
        (row.finding.kind, row.finding.case.number, row.finding.what)
        for result in check_cases(world["lead"], [world.round]).results
        for row in result.waiting
        if row.finding is not None and row.finding.kind in KINDS
    ]


@pytest.mark.parametrize(
    "state", [HandoffState.PREPARED, HandoffState.SENT, HandoffState.ANSWERED, HandoffState.SETTLED]
)
def test_hand_off_on_its_way_is_no_fault(world: World, state: HandoffState) -> None:
    make_handoff(world, make_classified(world), state=state)

    assert found(world) == []


def test_hand_off_without_a_date_is_found(db_session: Session, world: World) -> None:
    handoff = make_handoff(world, make_classified(world))
    db_session.execute(update(Handoff).values(due_on=None))

    name = handoff.destination.name
    assert found(world) == [
        (CaseKind.HANDOFF_DATE, handoff.proposal.reference, f"期限のない送付（{name}）")
    ]


def test_open_hand_off_of_a_closed_case_is_found(db_session: Session, world: World) -> None:
    handoff = make_handoff(world, make_classified(world), state=HandoffState.PREPARED)
    db_session.execute(
        update(Proposal).where(Proposal.id == handoff.proposal_id).values(state=State.CLOSED)
    )

    words = f"終わっていない送付（{handoff.destination.name}）"
    assert found(world) == [(CaseKind.HANDOFF_OPEN, handoff.proposal.reference, words)]


def test_reply_that_nobody_settles_is_found_after_its_term(world: World) -> None:
    handoff = make_handoff(world, make_classified(world), state=HandoffState.ANSWERED)
    due = handoff.due_on
    assert due is not None

    with clock.at(clock.jst(due.year, due.month, due.day, 23)):
        in_time = found(world)
    with clock.at(clock.jst(2024, 12, 2, 9)):
        late = found(world)

    words = f"確認の期限を過ぎた回答（{handoff.destination.name}）"
    assert in_time == []
    assert late == [(CaseKind.HANDOFF_UNSETTLED, handoff.proposal.reference, words)]


def test_case_that_is_not_handed_off_is_found_where_others_are(
    db_session: Session, world: World
) -> None:
    case, other = make_classified(world), make_classified(world)
    case.category = db_session.scalars(
        select(Category).where(Category.follow_up == FollowUp.HANDOFF)
    ).first()
    db_session.flush()

    with clock.at(clock.jst(2024, 9, 30, 9)):
        alone = found(world)
    make_handoff(world, other, state=HandoffState.SETTLED)
    early = found(world)
    with clock.at(clock.jst(2024, 9, 30, 9)):
        late = found(world)

    assert alone == early == []
    assert late == [(CaseKind.NO_HANDOFF, case.reference, "分類Cで送付なし")]
