"""Owners hear once of the cases to be looked at again (見直し日の知らせ).

Pending for 60 days from 27 August 令和6年: 26 October is a Saturday, told on Monday the 28th.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.notifications.models import OutboxMessage
from app.notifications.news_checks import is_still_true
from app.reminders.services import tell_revisits
from app.triage.services.absences import RegisterAbsence, register_absence
from app.triage.services.pending import Resume, resume
from app.triage.worklist import my_work
from tests.factories import World, declare_conflict, make_pending

MONDAY = clock.jst(2024, 10, 28, 8, 45)


def tell_at(moment: datetime) -> int:
    with clock.at(moment):
        return tell_revisits(moment)


def told(session: Session) -> list[OutboxMessage]:
    return list(session.scalars(select(OutboxMessage).where(OutboxMessage.letter == "revisit_due")))


def test_g1_owner_hears_once_and_has_the_case_in_the_queue(
    db_session: Session, world: World
) -> None:
    proposal = make_pending(world)

    days = [clock.jst(2024, 10, 25, 8, 45), clock.jst(2024, 10, 26, 8, 45), MONDAY, MONDAY]
    counts = [tell_at(day) for day in (*days, clock.jst(2024, 10, 29, 8, 45))]

    assert counts == [0, 0, 1, 0, 0]
    assert [row.recipient.login for row in told(db_session)] == ["officer1"]
    with clock.at(MONDAY):
        assert [item.proposal for item in my_work(world["officer1"])] == [proposal]


def test_revisit_reaches_the_deputy_of_who_is_away(db_session: Session, world: World) -> None:
    make_pending(world)
    command = RegisterAbsence(
        user_id=world["officer1"].id,
        starts_on=date(2024, 10, 28),
        ends_on=date(2024, 10, 31),
        deputy_id=world["officer2"].id,
    )
    register_absence(command, actor=world["lead"])

    tell_at(MONDAY)

    assert [row.recipient.login for row in told(db_session)] == ["officer2"]


def test_revisit_reaches_the_leads_when_the_owner_has_a_conflict(
    db_session: Session, world: World
) -> None:
    declare_conflict(world["officer1"], proposal=make_pending(world))

    tell_at(MONDAY)

    assert [row.recipient.login for row in told(db_session)] == ["lead"]


def test_practice_round_tells_nobody(db_session: Session, world: World) -> None:
    make_pending(world)
    world.round.is_practice = True

    assert tell_at(MONDAY) == 0


def test_j5_news_of_a_revisit_is_over_once_the_case_was_taken_up(
    db_session: Session, world: World
) -> None:
    proposal = make_pending(world)
    tell_at(MONDAY)
    with clock.at(MONDAY):
        before = is_still_true(told(db_session)[0])
        resume(proposal, Resume(version=proposal.version), actor=world["officer1"])

        after = is_still_true(told(db_session)[0])

    assert (before, after) == (True, False)
