"""What is overdue by 3 office days goes up to the leads, once (総括への報告).

27 August 令和6年 is a Tuesday: a form check is due on Friday the 30th, and goes up on Wednesday
4 September at 8:40.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.notifications.models import OutboxMessage
from app.reminders.models import Escalation
from app.reminders.queries import standing_escalations
from app.reminders.services import escalate
from tests.factories import World, declare_conflict, make_submitted
from tests.reminders.moving import move_due_date


def escalate_at(moment: datetime) -> int:
    with clock.at(moment):
        return escalate(moment)


def september(day: int, hour: int = 8, minute: int = 40) -> datetime:
    return clock.jst(2024, 9, day, hour, minute)


def letters(session: Session) -> list[str]:
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.letter == "escalated"))
    return [row.recipient.login for row in rows]


def test_case_goes_up_on_the_third_office_day_of_its_delay(
    db_session: Session, world: World
) -> None:
    make_submitted(world)

    counts = [escalate_at(september(day)) for day in (3, 4, 4, 5)]

    days = db_session.scalars(select(Escalation.escalated_on)).all()
    assert (counts, days, letters(db_session)) == ([0, 1, 0, 0], [date(2024, 9, 4)], ["lead"])


def test_p08_missed_ticks_make_one_letter_and_rows_with_their_true_day(
    db_session: Session, world: World
) -> None:
    make_submitted(world)
    with clock.at(clock.jst(2024, 8, 28, 10)):
        make_submitted(world)

    assert escalate_at(september(10)) == 2

    days = db_session.scalars(select(Escalation.escalated_on).order_by(Escalation.id)).all()
    assert (days, letters(db_session)) == ([date(2024, 9, 4), date(2024, 9, 5)], ["lead"])


def test_extension_before_the_third_day_keeps_a_case_from_going_up(
    db_session: Session, world: World
) -> None:
    proposal = make_submitted(world)
    with clock.at(september(3, 10)):
        move_due_date(proposal, date(2024, 9, 20), world)

    assert escalate_at(september(10)) == 0


def test_nothing_goes_up_on_a_closed_day(db_session: Session, world: World) -> None:
    make_submitted(world)

    assert escalate_at(september(7)) == 0


def test_lead_with_a_conflict_reads_nothing_of_the_case(db_session: Session, world: World) -> None:
    declare_conflict(world["lead"], proposal=make_submitted(world))

    assert escalate_at(september(4)) == 1

    assert (letters(db_session), standing_escalations(world["lead"])) == ([], [])


def test_practice_goes_up_to_nobody(db_session: Session, world: World) -> None:
    make_submitted(world)
    world.round.is_practice = True

    escalate_at(september(4))

    assert (letters(db_session), standing_escalations(world["lead"])) == ([], [])
