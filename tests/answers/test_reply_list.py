"""The figures over the list of replies (回答の確認の件数): counted by the database."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.answers.releasable import why_not_yet
from app.answers.reply_list import ReplyList, reply_list
from app.core import clock
from app.handoffs.models import Reply
from app.workflow.handoffs import HandoffState
from app.workflow.states import State
from tests.answers.replies import make_reply, release
from tests.factories import World, declare_conflict, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    """A reply that is released, one that may be, and one for each reason why not yet."""
    world = make_world()
    ready, released, recalled, asked_again, reopened = (
        *(make_reply(world) for _ in range(4)),
        make_reply(world, to=world["digital-coord"].organization),
    )
    release(world, released)
    recalled.handoff.state = HandoffState.RECALLED
    recalled.handoff.ended_at, recalled.handoff.ended_by_id = clock.now(), world["lead"].id
    asked_again.handoff.round_number = 2
    reopened.handoff.proposal.state = State.IN_REVIEW
    reopened.handoff.proposal.category_id = None
    assert not why_not_yet(ready)
    db_session.commit()
    return world


def values_of(found: ReplyList) -> list[object]:
    return [figure["value"] for figure in found.figures]


def test_figures_are_what_the_replies_come_to(db_session: Session, world: World) -> None:
    found = reply_list(world["lead"], world.round, {})

    rows = db_session.scalars(select(Reply)).all()
    unsettled = [
        row
        for row in rows
        if row.handoff.state is HandoffState.ANSWERED
        and row.round_number == row.handoff.round_number
    ]
    free = [row for row in rows if not why_not_yet(row)]
    assert (len(rows), len(free)) == (5, 1)
    assert values_of(found) == [5, len(unsettled), 1, 1]
    assert (found.total, found.found, len(found.rows)) == (5, 5, 5)
    assert [name for _, name in found.ministries] == ["厚生労働省", "デジタル庁"]
    assert len(found.categories) == 1


def test_hidden_cases_are_in_no_figure(db_session: Session, world: World) -> None:
    hidden = db_session.scalars(select(Reply).order_by(Reply.id.desc())).first()
    assert hidden is not None
    declare_conflict(world["lead"], proposal=hidden.handoff.proposal)
    db_session.commit()

    found = reply_list(world["lead"], world.round, {"standing": "unreleased"})

    assert values_of(found)[0] == found.total == 4
    assert found.found == 3
    assert [name for _, name in found.ministries] == ["厚生労働省"]
