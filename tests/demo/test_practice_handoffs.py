"""The practice has something to do for every role of the hand-offs (操作練習の送付・回答)."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.handoffs.models import BodyView, Handoff, Reply
from app.workflow.handoffs import HandoffState, ReplyStatus
from tests.demo.conftest import LOADED_AT


def test_practice_has_hand_offs_of_both_ministries_in_every_state(demo_session: Session) -> None:
    rows = demo_session.scalars(select(Handoff)).all()
    today = clock.to_jst(LOADED_AT).date()

    states = {row.state for row in rows}
    with_digital = {row.state for row in rows if row.destination.name == "デジタル庁"}
    late = {row.state for row in rows if row.due_on is not None and row.due_on < today}

    assert {row.proposal.round.key for row in rows} == {"R8"}
    assert states == set(HandoffState)
    assert with_digital == states - {HandoffState.PREPARED, HandoffState.RECALLED}
    assert late >= {HandoffState.SENT, HandoffState.ACKNOWLEDGED}


def test_practice_has_replies_and_views_at_every_stage(demo_session: Session) -> None:
    replies = demo_session.scalars(select(Reply)).all()
    views = demo_session.scalars(select(BodyView)).all()

    stages = {(reply.status, reply.release_id is not None) for reply in replies}
    again = [row for row in replies if row.handoff.round_number > row.round_number]

    assert stages == {
        (ReplyStatus.AWAITING_APPROVAL, False),
        (ReplyStatus.SENT, False),
        (ReplyStatus.SENT, True),
    }
    assert len(again) == 1
    assert {(view.proposal.organization.name, view.filed_at is None) for view in views} == {
        ("甲子市", True),
        ("甲子市", False),
        ("甲県", False),
        ("丙寅市", False),
    }
