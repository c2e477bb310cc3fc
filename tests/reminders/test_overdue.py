"""A missed deadline leaves one trace with its true day (期限超過の記録).

27 August 令和6年 is a Tuesday: a form check of 3 office days ends on Friday the 30th.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.queries import events_of
from app.casework.history import history_lines
from app.core import clock
from app.proposals.models import Proposal
from app.reminders.models import OverdueEvent
from app.reminders.services import record_overdue
from app.triage.services.form_check import Accept, accept
from tests.factories import World, check_off, make_pending, make_submitted
from tests.reminders.moving import move_due_date

DUE = date(2024, 8, 30)
FIRST_LATE_DAY = date(2024, 8, 31)


def september(day: int) -> datetime:
    return clock.jst(2024, 9, day, 0, 5)


def recorded(session: Session) -> list[tuple[date, date]]:
    rows = session.scalars(select(OverdueEvent).order_by(OverdueEvent.id))
    return [(row.due_on, row.became_overdue_on) for row in rows]


def accept_at(proposal: Proposal, moment: datetime, world: World) -> None:
    with clock.at(moment):
        check_off(proposal, world["officer1"])
        accept(proposal, Accept(version=proposal.version), actor=world["officer1"])


def test_overdue_is_recorded_from_midnight_of_the_next_day(
    db_session: Session, world: World
) -> None:
    make_submitted(world)

    on_the_day = record_overdue(clock.jst(2024, 8, 30, 23, 59, 59))
    after = record_overdue(clock.jst(2024, 8, 31))

    assert (on_the_day, after) == (0, 1)
    assert recorded(db_session) == [(DUE, FIRST_LATE_DAY)]


def test_p07_overdue_is_recorded_once(db_session: Session, world: World) -> None:
    make_submitted(world)

    counts = [record_overdue(september(day)) for day in (2, 2, 10)]

    assert counts == [1, 0, 0]


def test_p08_overdue_that_is_over_is_recorded_with_its_true_day(
    db_session: Session, world: World
) -> None:
    accept_at(make_submitted(world), clock.jst(2024, 9, 2, 10), world)

    record_overdue(september(3))

    assert recorded(db_session) == [(DUE, FIRST_LATE_DAY)]


def test_what_was_done_in_the_last_second_is_not_overdue(db_session: Session, world: World) -> None:
    accept_at(make_submitted(world), clock.jst(2024, 8, 30, 23, 59, 59), world)

    assert record_overdue(september(2)) == 0


def test_extension_leaves_the_earlier_event_and_can_be_missed_again(
    db_session: Session, world: World
) -> None:
    proposal = make_submitted(world)
    with clock.at(clock.jst(2024, 9, 2, 10)):
        move_due_date(proposal, date(2024, 9, 6), world)

    record_overdue(september(10))

    assert recorded(db_session) == [
        (DUE, FIRST_LATE_DAY),
        (date(2024, 9, 6), date(2024, 9, 7)),
    ]


def test_extension_in_time_leaves_no_event(db_session: Session, world: World) -> None:
    proposal = make_submitted(world)
    with clock.at(clock.jst(2024, 8, 30, 10)):
        move_due_date(proposal, date(2024, 9, 6), world)

    assert record_overdue(september(5)) == 0


def test_extension_to_a_day_that_is_past_goes_on_with_the_same_delay(
    db_session: Session, world: World
) -> None:
    proposal = make_submitted(world)
    with clock.at(clock.jst(2024, 9, 5, 10)):
        move_due_date(proposal, date(2024, 9, 2), world)

    record_overdue(september(10))

    assert recorded(db_session) == [(DUE, FIRST_LATE_DAY)]


def test_revisit_date_is_never_overdue(db_session: Session, world: World) -> None:
    make_pending(world)

    assert record_overdue(clock.jst(2025, 3, 31, 0, 5)) == 0


def test_history_tells_the_true_day_of_a_delay(db_session: Session, world: World) -> None:
    proposal = make_submitted(world)
    record_overdue(september(10))
    db_session.commit()

    events = db_session.scalars(events_of("proposal", proposal.id)).all()
    lines = history_lines(events, proposal=proposal, reader=world["lead"])
    told = [(line.who, line.verb, line.detail) for line in lines if "過ぎました" in line.verb]
    body = history_lines(events, proposal=proposal, reader=world["city"])

    assert told == [
        (
            "システム",
            "期限を過ぎました",
            "期限 8月30日（金）。過ぎた日 8月31日（土）。",
        )
    ]
    assert [line.verb for line in body] == ["提出しました", "下書きを作りました"]
