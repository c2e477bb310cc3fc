"""Handing the outbox to a mail server that fails (P09, P10): nothing lost, nothing doubled."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Role, User
from app.audit.services import Subject
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.notifications.claims import Claim, claim_next, note_outcome
from app.notifications.delivery import send_due
from app.notifications.mail_line import Outcome
from app.notifications.models import (
    AttemptResult,
    DeliveryAttempt,
    DeliveryStatus,
    MailServerState,
    OutboxMessage,
)
from app.notifications.services import enqueue
from app.reminders.queries import count_unread
from tests.factories import World, make_user, make_world
from tests.notifications.smtp_server import Faults, free_port, mail_server

MOMENT = clock.jst(2024, 8, 27, 10)


class Time:
    """The clock of the sender, put forward by the test."""

    def __init__(self) -> None:
        self.now = MOMENT

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **parts: int) -> None:
        self.now += timedelta(**parts)


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


@pytest.fixture
def port(app: Flask, monkeypatch: pytest.MonkeyPatch) -> int:
    port = free_port()
    settings = replace(
        app.config["SETTINGS"],
        SMTP_URL=f"smtp://127.0.0.1:{port}",
        SMTP_TIMEOUT_SECONDS=5,
        MAIL_FROM="共通化提案 事務局 <noreply@triage.example.jp>",
        MAIL_REPLY_TO="office@triage.example.jp",
        MAIL_ALLOW="example.jp, example.lg.jp",
        MAIL_TRIES=3,
    )
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    return port


@pytest.fixture
def people(world: World, db_session: Session) -> list[User]:
    body = world["city"].organization
    people = [make_user(f"person{number:02}", body, Role.PROPOSER) for number in range(12)]
    for number, person in enumerate(people):
        person.email = f"person{number:02}@example.jp"
    db_session.commit()
    return people


def tell(*readers: User, key: str = "closed:R6-0001", **how: object) -> None:
    with clock.at(MOMENT), unit_of_work():
        enqueue(
            "closed",
            readers,
            key=key,
            path="/proposals/R6-0001",
            reference="R6-0001",
            **how,  # type: ignore[arg-type]  # what a test is about
        )


def send(now: Callable[[], datetime], times: int = 1) -> int:
    return sum(send_due(now)() for _ in range(times))


def standing(session: Session) -> dict[str, str]:
    session.expire_all()
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return {row.recipient.login: row.status.value for row in rows}


def test_mail_goes_to_each_alone_with_its_heads(
    port: int, people: list[User], db_session: Session
) -> None:
    tell(*people[:2], about=Subject(type="proposal", id=7))

    with mail_server(port) as post:
        sent = send(Time())

    assert sent == 2
    assert [to for to, _mail in post.taken] == [("person00@example.jp",), ("person01@example.jp",)]
    mail = post.taken[0][1]
    message = db_session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).first()
    assert message is not None
    assert {name: mail[name] for name in ("To", "Reply-To", "Subject", "Message-ID")} == {
        "To": "person00@example.jp",
        "Reply-To": "office@triage.example.jp",
        "Subject": message.subject,
        "Message-ID": message.message_id,
    }
    assert mail["From"] == "共通化提案 事務局 <noreply@triage.example.jp>"
    assert mail["References"] == "<proposal-7@kyotsu-triage.invalid>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert mail["Content-Transfer-Encoding"] == "base64"
    assert mail.get_content().replace("\r\n", "\n") == message.body
    assert (message.status, message.sent_at, message.attempts) == (
        DeliveryStatus.SENT,
        MOMENT,
        1,
    )


def test_without_a_server_everything_waits(
    app: Flask, people: list[User], db_session: Session
) -> None:
    tell(people[0])

    assert send(Time()) == 0
    assert standing(db_session) == {"person00": "queued"}


def test_p09_server_that_is_down_for_two_hours_uses_up_no_try(
    port: int, people: list[User], db_session: Session
) -> None:
    time = Time()
    tell(*people)

    for _ in range(12):
        assert send(time) == 0
        time.pass_by(minutes=10)
    failing = db_session.get_one(MailServerState, 1).failing_since
    with mail_server(port) as post:
        send(time)

    assert failing == MOMENT
    assert set(standing(db_session).values()) == {"sent"}
    assert set(post.ids().values()) == {1}
    assert db_session.get_one(MailServerState, 1).failing_since is None


def test_p09_line_cut_after_data_sends_again_under_the_same_id(
    port: int, people: list[User], db_session: Session
) -> None:
    time = Time()
    tell(*people)

    with mail_server(port, Faults(drop_every=4)) as post:
        for _ in range(8):
            send(time)
            time.pass_by(hours=1)

    doubled = {found for found, times in post.ids().items() if times > 1}
    assert set(standing(db_session).values()) == {"sent"}
    assert len(post.ids()) == len(people)
    assert doubled <= set(post.dropped)
    assert doubled != set()
    results = db_session.scalars(select(DeliveryAttempt.result)).all()
    assert results.count(AttemptResult.BROKEN) == len(post.dropped)


def test_message_put_off_is_tried_later_and_parked_in_the_end(
    port: int, people: list[User], db_session: Session
) -> None:
    time = Time()
    tell(people[0])
    waits = []

    with mail_server(port, Faults(full=frozenset({"person00@example.jp"}))):
        for _ in range(3):
            send(time)
            message = db_session.scalars(
                select(OutboxMessage).execution_options(populate_existing=True)
            ).one()
            waits.append(message.next_try_at and message.next_try_at - time.now)
            time.pass_by(minutes=2)

    assert waits == [timedelta(minutes=1), timedelta(minutes=2), None]
    assert (message.status, message.last_error) == (
        DeliveryStatus.PARKED,
        "450 4.2.2 mailbox full",
    )


def test_p10_dead_recipients_bounce_and_delay_nobody(
    port: int, people: list[User], db_session: Session
) -> None:
    dead = frozenset({"person00@example.jp", "person05@example.jp"})
    tell(*people)

    with mail_server(port, Faults(dead=dead, poison=frozenset({"person07@example.jp"}))) as post:
        send(Time())

    assert standing(db_session) == {person.login: "sent" for person in people} | {
        "person00": "bounced",
        "person05": "bounced",
        "person07": "parked",
    }
    assert len(post.taken) == 9


def test_domain_that_puts_off_rests_and_the_others_go_on(
    port: int, people: list[User], db_session: Session
) -> None:
    time = Time()
    for person in people[:6]:
        person.email = f"{person.login}@slow.example.lg.jp"
    people[6].email = "one@example.lg.jp"
    db_session.commit()
    tell(*people)

    with mail_server(port, Faults(full=frozenset({"person00@slow.example.lg.jp"}))) as post:
        send(time)
        assert post.recipients() == ["one@example.lg.jp"] + [person.email for person in people[7:]]


def test_server_that_turns_one_away_with_421_sends_the_others(
    port: int, people: list[User], db_session: Session
) -> None:
    time = Time()
    tell(*people[:3])

    with mail_server(port, Faults(busy=frozenset({"person00@example.jp"}))) as post:
        send(time, times=3)

    assert post.recipients() == ["person01@example.jp", "person02@example.jp"]
    assert standing(db_session) == {"person00": "queued", "person01": "sent", "person02": "sent"}


@pytest.mark.parametrize(
    ("email", "words"),
    [
        (None, "宛先にメールアドレスがありません"),
        ("a@elsewhere.jp", "この環境から送ってよい宛先（MAIL_ALLOW）ではありません"),
        ("ａ@example.jp", "宛先のメールアドレスに使えない文字があります"),
        ("a@example.jp, b@example.jp", "宛先のメールアドレスに使えない文字があります"),
    ],
)
def test_recipient_out_of_reach_is_withheld_with_the_reason(
    port: int, people: list[User], db_session: Session, email: str | None, words: str
) -> None:
    people[0].email = email
    db_session.commit()
    tell(people[0])

    with mail_server(port) as post:
        send(Time())

    message = db_session.scalars(select(OutboxMessage)).one()
    assert (message.status, message.last_error) == (DeliveryStatus.WITHHELD, words)
    assert post.taken == []


def test_news_that_is_over_is_dropped(port: int, people: list[User], db_session: Session) -> None:
    time = Time()
    tell(people[0], valid_until=MOMENT)
    tell(people[1], valid_until=MOMENT + timedelta(seconds=1))

    with mail_server(port) as post:
        send(time)

    assert standing(db_session) == {"person00": "dropped", "person01": "sent"}
    assert post.recipients() == ["person01@example.jp"]


def test_mail_too_old_to_go_leaves_its_news_on_the_page(
    port: int, people: list[User], db_session: Session
) -> None:
    time = Time()
    tell(people[0])
    time.pass_by(days=14, seconds=1)

    with mail_server(port) as post:
        send(time)

    assert standing(db_session) == {"person00": "withheld"}
    assert post.taken == []
    assert count_unread(people[0]) == 1


def test_held_mail_waits(port: int, people: list[User], db_session: Session) -> None:
    tell(people[0], is_held=True)

    with mail_server(port) as post:
        send(Time())

    assert standing(db_session) == {"person00": "held"}
    assert post.taken == []


# --- Two senders --------------------------------------------------------------------------------


def taken(now: datetime) -> Claim:
    claim = claim_next(now)
    assert isinstance(claim, Claim)
    return claim


SENT = Outcome(AttemptResult.SENT, "250 taken")


def test_p09_message_in_hand_is_taken_by_nobody_else(port: int, people: list[User]) -> None:
    tell(people[0])

    taken(MOMENT)

    assert claim_next(MOMENT + timedelta(minutes=4)) is None


def test_p09_sender_that_lost_its_lease_writes_nothing(
    port: int, people: list[User], db_session: Session
) -> None:
    tell(people[0])
    late = MOMENT + timedelta(minutes=6)

    first = taken(MOMENT)
    second = taken(late)
    is_noted = [note_outcome(second, SENT, late), note_outcome(first, SENT, late)]

    assert is_noted == [True, False]
    trace = db_session.scalars(select(DeliveryAttempt).order_by(DeliveryAttempt.number)).all()
    assert [(row.number, row.result) for row in trace] == [(1, None), (2, AttemptResult.SENT)]
    assert first.mail == second.mail


def test_p09_sender_that_slept_until_its_lease_ends_does_not_send(
    port: int, people: list[User], db_session: Session
) -> None:
    tell(people[0])
    time = Time()

    def sleep_once() -> None:
        if time.now == MOMENT:
            # Ten seconds of the lease are left: what the text and its answer may take.
            time.pass_by(minutes=4, seconds=50)

    with mail_server(port, Faults(at_recipient=sleep_once)) as post:
        send(time)
        is_sent = bool(post.taken)
        time.pass_by(seconds=10)
        send(time)

    assert not is_sent
    results = db_session.scalars(
        select(DeliveryAttempt.result).order_by(DeliveryAttempt.number)
    ).all()
    assert results == [None, AttemptResult.SENT]
    assert len(post.taken) == 1
