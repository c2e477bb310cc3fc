"""Letters about plans (方針の知らせ), and that a submitted version stays as it is."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Executable, delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.core import clock
from app.notifications.models import OutboxMessage
from app.plans.models import Plan, PlanVersion, VersionDecision
from app.plans.services.comments import CommentOnPlan, comment_on_plan
from app.plans.services.review import DecidePlan, SubmitPlan, decide_plan, submit_plan
from tests.factories import World, make_world
from tests.plans.plan_world import NOW, fill_texts, make_plan


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def go_through(world: World) -> Plan:
    """A plan that was submitted, commented on and returned."""
    plan = make_plan(world)
    fill_texts(plan, world)
    version = submit_plan(
        plan, SubmitPlan(version=plan.version, reason="提出の理由"), actor=world["coordinator"]
    )
    said = CommentOnPlan(section_key="work", text="意見の本文")
    comment_on_plan(version, said, actor=world["observer"])
    decision = DecidePlan(
        version=plan.version, number=1, decision=VersionDecision.RETURNED, reason="戻す理由"
    )
    decide_plan(plan, version, decision, actor=world["lead"])
    return plan


def test_each_act_is_told_to_those_who_go_on_from_it(world: World, db_session: Session) -> None:
    plan = go_through(world)

    rows = db_session.execute(
        select(OutboxMessage.letter, User.login, OutboxMessage.path)
        .join(User, User.id == OutboxMessage.recipient_id)
        .order_by(OutboxMessage.id)
    ).all()
    base = f"/candidates/{plan.candidate_id}/plan"
    assert [tuple(row) for row in rows] == [
        ("plan_submitted", "lead", f"{base}/versions/1"),
        ("plan_commented", "coordinator", f"{base}/comments"),
        ("plan_decided", "ministry", f"{base}/versions/1"),
        ("plan_decided", "coordinator", f"{base}/versions/1"),
    ]
    words = "".join(row.subject + row.body for row in db_session.scalars(select(OutboxMessage)))
    written = ("意見の本文", "戻す理由", "提出の理由", plan.candidate.system)
    assert [text for text in written if text in words] == []


def test_practice_writes_to_nobody(world: World, db_session: Session) -> None:
    world.round.is_practice = True

    go_through(world)

    assert db_session.scalars(select(OutboxMessage)).all() == []


@pytest.mark.parametrize(
    "change",
    [
        update(PlanVersion).values(reason="別の理由"),
        update(PlanVersion).values(content={}),
        update(PlanVersion).values(decision=VersionDecision.APPROVED),
        delete(PlanVersion),
    ],
)
def test_database_refuses_to_change_a_submitted_version(
    world: World, db_session: Session, change: Executable
) -> None:
    go_through(world)
    db_session.commit()

    with pytest.raises(DBAPIError, match="never changed"):
        db_session.execute(change)
    db_session.rollback()
