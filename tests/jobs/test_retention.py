"""What is past its term is erased, and the trail says how much (保存期間の満了)."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import ApiToken, SignInAttempt, TokenEnd, User, UserSession
from app.audit.models import AuditEvent
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.jobs.retention import RETENTION, erase_expired
from app.jobs.schedule import get_job
from app.notifications.models import DeliveryStatus, OutboxMessage
from tests.factories import make_world

NIGHT = clock.jst(2026, 8, 28, 3)
DAYS = {term.kind: timedelta(days=term.days) for term in RETENTION}


def message(key: str, age: timedelta, status: DeliveryStatus, person: int) -> OutboxMessage:
    return OutboxMessage(
        dedupe_key=key,
        recipient_id=person,
        subject="件名",
        body="本文",
        message_id=f"<{key}@example.jp>",
        status=status,
        created_at=NIGHT - age,
    )


def erase() -> int:
    with clock.at(NIGHT), unit_of_work():
        return erase_expired(NIGHT)


def entries(session: Session) -> list[dict[str, int]]:
    verb = select(AuditEvent.changes).where(AuditEvent.verb == "retention.erase")
    return list(session.scalars(verb))


def test_erases_what_is_past_its_term_and_nothing_else(db_session: Session) -> None:
    person = make_world()["city"].id
    old, second = DAYS["message_body"], timedelta(seconds=1)
    db_session.add_all(
        [
            message("old", old + second, DeliveryStatus.SENT, person),
            message("young", old, DeliveryStatus.SENT, person),
            message("waiting", old + second, DeliveryStatus.PARKED, person),
        ]
    )
    for age in (DAYS["session"] + second, DAYS["session"]):
        db_session.add(
            UserSession(
                token_hash=str(age),
                user_id=person,
                created_at=NIGHT - age - timedelta(hours=8),
                last_seen_at=NIGHT - age,
                expires_at=NIGHT - age,
                source="127.0.0.1",
            )
        )
    for age in (DAYS["sign_in_attempt"] + second, DAYS["sign_in_attempt"]):
        db_session.add(
            SignInAttempt(
                login_key="city", source="127.0.0.1", attempted_at=NIGHT - age, is_success=False
            )
        )
    db_session.commit()

    first, second_run = erase(), erase()

    kept = select(OutboxMessage.dedupe_key, OutboxMessage.body).order_by(OutboxMessage.dedupe_key)
    assert (first, second_run) == (3, 0)
    assert [tuple(row) for row in db_session.execute(kept)] == [
        ("old", ""),
        ("waiting", "本文"),
        ("young", "本文"),
    ]
    assert db_session.scalar(select(func.count()).select_from(UserSession)) == 1
    assert db_session.scalar(select(func.count()).select_from(SignInAttempt)) == 1
    assert entries(db_session) == [{"message_body": 1, "session": 1, "sign_in_attempt": 1}]


def token(number: int, person: User, *, expired: timedelta, ended: timedelta | None) -> ApiToken:
    return ApiToken(
        token_hash=str(number),
        user_id=person.id,
        organization_id=person.organization_id,
        name=f"用途{number}",
        is_for_all_rounds=True,
        created_at=NIGHT - timedelta(days=900),
        expires_at=NIGHT - expired,
        ended_at=None if ended is None else NIGHT - ended,
        end=None if ended is None else TokenEnd.REVOKED,
    )


def test_what_a_token_was_for_is_forgotten_a_year_after_its_end(db_session: Session) -> None:
    person = make_world()["city"]
    term, second = DAYS["api_token"], timedelta(seconds=1)
    db_session.add_all(
        [
            token(1, person, expired=term + second, ended=None),
            token(2, person, expired=term, ended=None),
            token(3, person, expired=timedelta(0), ended=term + second),
            token(4, person, expired=-term, ended=None),
        ]
    )
    db_session.commit()

    first, second_run = erase(), erase()

    names = db_session.scalars(select(ApiToken.name).order_by(ApiToken.token_hash)).all()
    assert (first, second_run) == (2, 0)
    assert names == ["", "用途2", "", "用途4"]


def test_every_term_is_kept_by_a_job_that_exists() -> None:
    assert [get_job(term.job).name for term in RETENTION] == [term.job for term in RETENTION]
    assert [
        term.kind for term in RETENTION if (term.erase is None) == (term.job == "retention")
    ] == []
