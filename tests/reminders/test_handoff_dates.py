"""Dates of hand-offs, views and replies (送付の期限): told, written down once, put up to the leads.

27 August 令和6年 is a Tuesday: an acknowledgement of 3 office days ends on Friday the 30th.
"""

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.core import clock
from app.handoffs.dues import change_due
from app.handoffs.lifecycle import move_handoff
from app.handoffs.models import Handoff, Reply
from app.handoffs.services.assign import AssignInside, assign_inside
from app.notifications.models import OutboxMessage
from app.reminders.digest import digest_of
from app.reminders.lines import Group
from app.reminders.models import HandoffEscalation, HandoffOverdueEvent
from app.reminders.queries import standing_handoff_escalations
from app.reminders.services import escalate, record_overdue, send_digests
from app.workflow.handoffs import HandoffAction, HandoffPart, HandoffState
from tests.answers.replies import answer_handoff, release
from tests.factories import World, declare_conflict, make_classified, make_handoff

START = clock.jst(2024, 8, 27, 10)
DUE = date(2024, 8, 30)


@pytest.fixture
def handoff(world: World) -> Handoff:
    return make_handoff(world, make_classified(world))


def september(day: int, hour: int = 8, minute: int = 40) -> datetime:
    return clock.jst(2024, 9, day, hour, minute)


def at(moment: datetime, login: str, world: World) -> list[tuple[Group, str, str]]:
    with clock.at(moment):
        groups = digest_of(world[login]).groups
    return [(group, line.todo, line.path) for group, lines in groups for line in lines]


def escalate_at(moment: datetime) -> int:
    with clock.at(moment):
        return escalate(moment)


def answered(world: World, handoff: Handoff) -> Reply:
    move_handoff(handoff, HandoffAction.ACKNOWLEDGE, actor=world["coordinator"])
    return answer_handoff(world, handoff)


def test_ministry_is_told_of_its_acknowledgement_up_to_and_past_the_day(
    world: World, handoff: Handoff
) -> None:
    path = f"/handoffs/{handoff.id}"

    seen = [at(clock.jst(2024, 8, day, 9), "coordinator", world) for day in (28, 30)]
    late = at(september(2), "coordinator", world)

    assert [*seen, late] == [
        [(Group.SOON, "受領する", path)],
        [(Group.TODAY, "受領する", path)],
        [(Group.OVERDUE, "受領する", path)],
    ]
    assert at(september(2), "digital-coord", world) == []


def test_officer_of_a_ministry_is_told_of_what_was_given_to_him(
    db_session: Session, world: World
) -> None:
    handoff = make_handoff(world, make_classified(world), state=HandoffState.ACKNOWLEDGED)
    due = handoff.due_on
    assert due is not None
    morning = clock.jst(due.year, due.month, due.day, 9)
    before = at(morning, "ministry", world)

    command = AssignInside(version=handoff.version, assignee_id=world["ministry"].id)
    assign_inside(handoff, command, actor=world["coordinator"])

    given = [(Group.TODAY, "回答を送る", f"/handoffs/{handoff.id}")]
    assert (before, at(morning, "ministry", world)) == ([], given)


def test_practice_and_conflicts_are_in_no_digest(world: World, handoff: Handoff) -> None:
    told = at(september(2), "coordinator", world)
    world.round.is_practice = True
    in_practice = at(september(2), "coordinator", world)
    world.round.is_practice = False
    declare_conflict(world["coordinator"], proposal=handoff.proposal)

    assert (len(told), in_practice, at(september(2), "coordinator", world)) == (1, [], [])


def test_one_digest_a_day_goes_to_a_ministry(
    db_session: Session, world: World, handoff: Handoff
) -> None:
    with clock.at(clock.jst(2024, 8, 30, 8, 30)):
        counts = [send_digests(clock.now()) for _ in range(2)]

    rows = db_session.scalars(select(OutboxMessage).where(OutboxMessage.letter == "digest"))
    assert "coordinator" in {row.recipient.login for row in rows}
    assert counts[1] == 0


def test_p26_body_is_told_of_its_view_and_never_of_a_hand_off(
    world: World, handoff: Handoff
) -> None:
    from_hand_off = at(september(20), "city", world)
    with clock.at(september(2, 10)):
        reply = answered(world, handoff)
        unreleased = at(september(2, 11), "city", world)
        release(world, reply)

    path = f"/proposals/{handoff.proposal.receipt_number}/view"
    assert from_hand_off == unreleased == []
    assert at(september(30), "city", world) == [(Group.OVERDUE, "回答への見解を提出する", path)]


def test_reply_to_be_settled_is_told_to_the_desk(world: World, handoff: Handoff) -> None:
    with clock.at(september(2, 10)):
        answered(world, handoff)
    due = handoff.due_on
    assert due is not None

    seen = at(clock.jst(due.year, due.month, due.day, 9), "officer2", world)

    path = f"/proposals/{handoff.proposal.receipt_number}/handoffs"
    assert (Group.TODAY, "府省庁の回答を確かめる", path) in seen


def test_p08_each_hand_off_leaves_its_own_trace_with_the_true_day(
    db_session: Session, world: World, handoff: Handoff
) -> None:
    other = world["digital-coord"].organization
    with clock.at(clock.jst(2024, 8, 28, 10)):
        second = make_handoff(world, handoff.proposal, to=other, part=HandoffPart.RELATED)

    counts = [record_overdue(september(day)) for day in (1, 10, 10)]
    db_session.commit()

    rows = db_session.scalars(select(HandoffOverdueEvent).order_by(HandoffOverdueEvent.id))
    assert counts == [1, 1, 0]
    assert [(row.handoff_id, row.became_overdue_on) for row in rows] == [
        (handoff.id, date(2024, 8, 31)),
        (second.id, date(2024, 9, 3)),
    ]
    verbs = db_session.scalars(
        select(AuditEvent.verb).where(AuditEvent.verb.endswith("become_overdue"))
    )
    assert verbs.all() == ["handoff.become_overdue"] * 2


def test_date_that_is_moved_while_late_is_the_same_delay(
    db_session: Session, world: World, handoff: Handoff
) -> None:
    with clock.at(september(3, 10)):
        change_due(handoff, date(2024, 9, 2), reason="訂正", actor=world["officer1"])
        db_session.flush()

    counts = [record_overdue(september(10)), escalate_at(september(4))]

    assert counts == [1, 0]


def test_hand_off_goes_up_once_and_stands_until_it_moves(
    db_session: Session, world: World, handoff: Handoff
) -> None:
    counts = [escalate_at(september(day)) for day in (3, 4, 4, 5)]
    with clock.at(september(5)):
        standing = [row.handoff_id for row in standing_handoff_escalations(world["lead"])]
        move_handoff(handoff, HandoffAction.ACKNOWLEDGE, actor=world["coordinator"])
        over = standing_handoff_escalations(world["lead"])

    days = db_session.scalars(select(HandoffEscalation.escalated_on)).all()
    letters = db_session.scalars(select(OutboxMessage).where(OutboxMessage.letter == "escalated"))
    [letter] = letters
    assert (counts, days, standing, over) == ([0, 1, 0, 0], [date(2024, 9, 4)], [handoff.id], [])
    assert "府省庁の受領" in letter.body
