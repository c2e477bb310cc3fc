"""Writing, approving and sending a reply inside the ministry (回答の作成・確認・送付)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import OrganizationKind, Role
from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.handoffs.lifecycle import move_handoff
from app.handoffs.models import Handoff
from app.handoffs.queries import current_reply, get_handoff
from app.handoffs.reply_rules import problems_of_reply
from app.handoffs.services.assign import AssignInside, assign_inside
from app.handoffs.services.draft import (
    ReturnReply,
    SaveReply,
    Seen,
    ask_approval,
    return_reply,
    save_reply,
    take_back_reply,
)
from app.handoffs.services.send_reply import send_reply
from app.notifications.models import OutboxMessage
from app.workflow.handoffs import HandoffAction, HandoffState, ReplyKind, ReplyStatus
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_handoff,
    make_organization,
    make_user,
    make_world,
)

NOW = clock.jst(2024, 8, 20, 10)
NOTHING = Seen(1, 0)
FIRST = Seen(1, 1)


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


@pytest.fixture
def handoff(world: World) -> Handoff:
    return make_handoff(world, make_classified(world), state=HandoffState.ACKNOWLEDGED)


def draft(seen: Seen = NOTHING, **changes: object) -> SaveReply:
    words: dict[str, Any] = {
        "kind": ReplyKind.DIFFICULT,
        "text": "制度の改正が要るため、対応は困難です。",
        "planned_on": None,
        **changes,
    }
    return SaveReply(seen=seen, **words)


def letters(session: Session) -> set[tuple[str, str]]:
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.path.contains("handoffs")))
    return {(row.letter, row.recipient.login) for row in rows}


def test_reply_goes_through_the_ministry_to_the_secretariat(
    world: World, handoff: Handoff, db_session: Session
) -> None:
    save_reply(handoff, draft(kind=None, text=""), actor=world["ministry"])
    save_reply(handoff, draft(FIRST), actor=world["ministry"])
    ask_approval(handoff, Seen(1, 2), actor=world["ministry"])
    note = ReturnReply(seen=Seen(1, 3), note="根拠の法令も書いてください。")
    return_reply(handoff, note, actor=world["coordinator"])
    reply = current_reply(handoff)
    assert reply is not None
    returned = (reply.status, reply.return_note)
    ask_approval(handoff, Seen(1, 4), actor=world["ministry"])
    send_reply(handoff, Seen(1, 5), actor=world["coordinator"])

    assert returned == (ReplyStatus.DRAFT, "根拠の法令も書いてください。")
    assert (reply.status, reply.return_note, reply.sent_by) == (
        ReplyStatus.SENT,
        "",
        world["coordinator"],
    )
    assert handoff.state is HandoffState.ANSWERED
    assert letters(db_session) >= {
        ("reply_approval_asked", "coordinator"),
        ("reply_returned", "ministry"),
        ("reply_sent", "officer1"),
        ("reply_sent", "lead"),
    }
    db_session.commit()
    verbs = db_session.scalars(
        select(AuditEvent.verb)
        .where(AuditEvent.verb.startswith("handoff."))
        .order_by(AuditEvent.seq)
    )
    assert list(verbs)[-6:] == [
        "handoff.draft_reply",
        "handoff.draft_reply",
        "handoff.ask_reply_approval",
        "handoff.return_reply",
        "handoff.ask_reply_approval",
        "handoff.answer",
    ]


def test_sent_reply_is_locked_for_ever(world: World, handoff: Handoff) -> None:
    save_reply(handoff, draft(), actor=world["coordinator"])
    send_reply(handoff, FIRST, actor=world["coordinator"])
    seen = Seen(1, 2)

    with pytest.raises(IllegalTransition):
        save_reply(handoff, draft(seen, text="別の文です。"), actor=world["coordinator"])
    with pytest.raises(IllegalTransition):
        send_reply(handoff, seen, actor=world["coordinator"])
    with pytest.raises(IllegalTransition):
        take_back_reply(handoff, seen, actor=world["ministry"])

    reply = current_reply(handoff)
    assert reply is not None
    assert reply.text == "制度の改正が要るため、対応は困難です。"


def test_reply_of_an_older_screen_is_refused(world: World, handoff: Handoff) -> None:
    save_reply(handoff, draft(), actor=world["ministry"])

    with pytest.raises(StaleVersion):
        save_reply(handoff, draft(text="後から来た文です。"), actor=world["coordinator"])
    with pytest.raises(StaleVersion):
        send_reply(handoff, Seen(2, 1), actor=world["coordinator"])

    assert handoff.state is HandoffState.ACKNOWLEDGED


def test_officer_does_not_send(world: World, handoff: Handoff) -> None:
    save_reply(handoff, draft(), actor=world["ministry"])

    with pytest.raises(NotAllowed):
        send_reply(handoff, FIRST, actor=world["ministry"])
    with pytest.raises(NotAllowed):
        save_reply(handoff, draft(FIRST), actor=world["digital-coord"])


def test_reply_to_a_recalled_hand_off_is_refused(world: World, handoff: Handoff) -> None:
    save_reply(handoff, draft(), actor=world["ministry"])
    move_handoff(handoff, HandoffAction.RECALL, actor=world["lead"], reason="重複のため")

    with pytest.raises(IllegalTransition):
        send_reply(handoff, FIRST, actor=world["coordinator"])


@pytest.mark.parametrize(
    ("kind", "text", "planned_on", "missing"),
    [
        (None, "", None, ["kind", "text"]),
        (ReplyKind.WILL_ACT, "様式を改めます。", None, ["planned_on"]),
        (ReplyKind.WILL_ACT, "様式を改めます。", date(2024, 8, 19), ["planned_on"]),
        (ReplyKind.WILL_ACT, "様式を改めます。", date(2024, 8, 20), []),
        (ReplyKind.WILL_CONSIDER, "検討します。", None, ["planned_on"]),
        (ReplyKind.DONE, "令和6年4月に改めました。", None, []),
        (ReplyKind.EXISTING_SYSTEM, " \u3000", None, ["text"]),
        (ReplyKind.DIFFICULT, "あ" * 1000, None, []),
        (ReplyKind.DIFFICULT, "あ" * 1001, None, ["text"]),
    ],
)
def test_reply_says_what_its_kind_needs(
    kind: ReplyKind | None, text: str, planned_on: date | None, missing: list[str]
) -> None:
    with clock.at(NOW):
        assert list(problems_of_reply(kind, text, planned_on)) == missing


def test_incomplete_reply_does_not_go_out(world: World, handoff: Handoff) -> None:
    save_reply(handoff, draft(kind=ReplyKind.WILL_CONSIDER), actor=world["ministry"])

    with pytest.raises(InvalidInput) as refused:
        ask_approval(handoff, FIRST, actor=world["ministry"])

    assert list(refused.value.errors) == ["planned_on"]
    assert handoff.state is HandoffState.ACKNOWLEDGED


def test_hand_off_is_given_to_somebody_of_a_unit_below(
    world: World, handoff: Handoff, db_session: Session
) -> None:
    unit = make_organization(OrganizationKind.MINISTRY, "厚生労働省 老健局")
    unit.parent = world["ministry"].organization
    below = make_user("below", unit, Role.MINISTRY_OFFICER)
    command = AssignInside(version=handoff.version, assignee_id=below.id)

    assign_inside(handoff, command, actor=world["coordinator"])
    save_reply(handoff, draft(), actor=below)

    assert get_handoff(below, handoff.id) is handoff
    assert ("handoff_assigned", "below") in letters(db_session)


def test_hand_off_is_given_to_nobody_of_another_ministry(world: World, handoff: Handoff) -> None:
    command = AssignInside(version=handoff.version, assignee_id=world["digital"].id)

    with pytest.raises(InvalidInput):
        assign_inside(handoff, command, actor=world["coordinator"])

    assert handoff.assignee_id is None


def test_person_in_conflict_does_not_write(world: World, handoff: Handoff) -> None:
    declare_conflict(world["ministry"], proposal=handoff.proposal)

    with pytest.raises(NotAllowed):
        save_reply(handoff, draft(), actor=world["ministry"])
