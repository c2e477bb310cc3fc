"""Whose move it is, kept with the case (持ち主の控え): always what the rule says of it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, event, select, text, update
from sqlalchemy.orm import Session

from app.core import clock
from app.extensions import db
from app.handoffs.lifecycle import move_handoff
from app.proposals.models import Proposal
from app.reports.backlog.keeping import holders_in_step
from app.reports.backlog.whose_move import kind_of_holder
from app.triage.models import Assignment
from app.workflow.handoffs import HandoffAction
from app.workflow.holders import HolderKind
from app.workflow.states import State
from tests.factories import (
    World,
    make_classified,
    make_handoff,
    make_in_review,
    make_in_state,
    make_pending,
    make_returned,
    make_world,
)
from tests.reports.backlog.test_present import dispute_twice

NOW = clock.jst(2024, 9, 3, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def others(session: Session) -> list[str | None]:
    """Cases of which something else is kept than the rule says."""
    is_other = Proposal.holder_kind.is_distinct_from(kind_of_holder())
    return list(session.scalars(select(Proposal.receipt_number).where(is_other)))


def kept(session: Session, case: Proposal) -> HolderKind | None:
    holders_in_step(session)
    return session.scalar(select(Proposal.holder_kind).where(Proposal.id == case.id))


def test_every_state_is_kept_as_the_rule_says(db_session: Session, world: World) -> None:
    for state in State:
        make_in_state(world, state)
    db_session.commit()

    assert others(db_session) == []


def test_kept_holder_follows_each_act(db_session: Session, world: World) -> None:
    case, pending, sent = make_in_review(world), make_pending(world), make_classified(world)
    steps = [kept(db_session, case), kept(db_session, pending), kept(db_session, sent)]
    dispute_twice(case, world)
    steps.append(kept(db_session, case))
    for row in db_session.scalars(select(Assignment).filter_by(proposal_id=pending.id)):
        row.ended_at = clock.now()
    pending.pending_owner_id = None
    steps.append(kept(db_session, pending))
    handoff = make_handoff(world, sent)
    steps.append(kept(db_session, sent))
    move_handoff(handoff, HandoffAction.REFUSE, actor=world["coordinator"])
    steps.append(kept(db_session, sent))

    reviewer, pool = HolderKind.REVIEWER, HolderKind.POOL
    assert steps == [reviewer, reviewer, pool, pool, pool, HolderKind.MINISTRY, pool]
    assert others(db_session) == []


def test_change_of_many_rows_is_followed(db_session: Session, world: World) -> None:
    case, other = make_in_review(world), make_in_review(world)
    of_case = Assignment.proposal_id == case.id
    db_session.execute(update(Assignment).where(of_case).values(ended_at=clock.now()))
    after_update = (kept(db_session, case), kept(db_session, other))
    db_session.execute(delete(Assignment))

    assert after_update == (HolderKind.POOL, HolderKind.REVIEWER)
    assert kept(db_session, other) is HolderKind.POOL


def test_commit_writes_what_changed_once(db_session: Session, world: World) -> None:
    case, statements = make_returned(world), []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        db_session.commit()
        db_session.commit()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

    assert len([row for row in statements if "SET holder_kind" in row]) == 1
    assert kept(db_session, case) is HolderKind.BODY


def test_version_of_the_case_stays(db_session: Session, world: World) -> None:
    case = make_in_review(world)
    db_session.commit()
    before = case.version
    db_session.execute(text("UPDATE proposal SET holder_kind = NULL"))
    wrong = others(db_session)
    case.pending_owner_id = world["lead"].id
    db_session.commit()

    assert wrong == [case.receipt_number]
    assert (others(db_session), case.version) == ([], before + 1)
