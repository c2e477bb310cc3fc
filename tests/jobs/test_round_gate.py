"""News of a round's opening and closing reach everybody concerned, once (募集の開始・締切)."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.jobs.round_gate import tell_round_changes
from app.notifications.models import OutboxMessage
from tests.factories import make_submitted, make_world

OPENS_AT = clock.jst(2024, 8, 5)
CLOSES_AT = clock.jst(2024, 8, 27, 23, 59, 59)
BODIES = {"city", "city-mgr", "other", "other-mgr"}
DESK = {"officer1", "officer2", "officer3", "lead"}


def recipients(session: Session, words: str) -> set[str]:
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.subject.contains(words)))
    return {row.recipient.login for row in rows}


def test_round_gate_tells_of_the_opening(db_session: Session) -> None:
    make_world(opens_at=OPENS_AT, closes_at=CLOSES_AT)

    told = tell_round_changes(OPENS_AT)

    assert told == 8
    assert recipients(db_session, "募集を始めました") == BODIES | DESK


def test_round_gate_says_nothing_before_the_opening(db_session: Session) -> None:
    make_world(opens_at=OPENS_AT, closes_at=CLOSES_AT)

    assert tell_round_changes(OPENS_AT - timedelta(seconds=1)) == 0


def test_round_gate_tells_the_desk_of_the_closing_with_the_count(db_session: Session) -> None:
    with clock.at(clock.jst(2024, 8, 20)):
        world = make_world(opens_at=OPENS_AT, closes_at=CLOSES_AT)
        make_submitted(world)

    tell_round_changes(clock.jst(2024, 8, 28))

    assert recipients(db_session, "募集を締め切りました") == DESK
    closed = db_session.scalars(
        select(OutboxMessage.body).where(OutboxMessage.subject.contains("締め切りました"))
    ).first()
    assert "提案　1件" in (closed or "")


def test_round_gate_counts_the_closing_second_as_open(db_session: Session) -> None:
    make_world(opens_at=clock.jst(2024, 8, 5), closes_at=CLOSES_AT)

    tell_round_changes(CLOSES_AT)

    assert recipients(db_session, "募集を締め切りました") == set()


def test_p07_round_gate_run_twice_tells_once(db_session: Session) -> None:
    make_world(opens_at=OPENS_AT, closes_at=CLOSES_AT)

    first = tell_round_changes(OPENS_AT)
    second = tell_round_changes(OPENS_AT + timedelta(minutes=1))

    assert (first, second) == (8, 0)


def test_round_gate_keeps_silent_about_old_rounds(db_session: Session) -> None:
    make_world(opens_at=OPENS_AT, closes_at=CLOSES_AT)

    assert tell_round_changes(clock.jst(2025, 1, 6)) == 0
