"""Pages of the outbox (送信箱の画面): who sees what, and what can be done with a message."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.audit.services import Subject
from app.core import clock
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.notifications.services import enqueue
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, make_submitted, make_world

MOMENT = clock.jst(2024, 8, 27, 10)
LATER = clock.jst(2024, 8, 28, 11)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(MOMENT):
        world = make_world(opens_at=clock.jst(2024, 8, 1), closes_at=clock.jst(2024, 9, 30))
        db_session.commit()
        yield world


@pytest.fixture
def message(world: World, db_session: Session) -> OutboxMessage:
    return told(world, db_session)


def told(world: World, session: Session, *, about: Subject | None = None) -> OutboxMessage:
    enqueue(
        "closed",
        [world["city"]],
        key="closed:1",
        path="/proposals/R6-0001",
        about=about,
        reference="R6-0001",
    )
    session.commit()
    return session.scalars(
        select(OutboxMessage).where(OutboxMessage.dedupe_key.startswith("closed:1:"))
    ).one()


def test_outbox_is_for_those_who_mind_the_mail(app: Flask, message: OutboxMessage) -> None:
    answers = {
        login: [
            enter(app, login).get(path).status_code
            for path in ("/outbox", f"/outbox/{message.id}", "/outbox/letters/closed")
        ]
        for login in ("admin", "lead", "officer1", "auditor", "city-mgr")
    }

    assert answers == {
        "admin": [200, 200, 200],
        "lead": [200, 200, 200],
        "officer1": [403, 403, 403],
        "auditor": [403, 403, 403],
        "city-mgr": [403, 403, 403],
    }


def test_outbox_finds_by_status_letter_and_words(app: Flask, message: OutboxMessage) -> None:
    browser = enter(app, "lead")
    asked = ("status=queued", "status=sent", "letter=closed", "q=R6-0001", "q=nobody", "round=R5")

    found = {query: message.subject in browser.get(f"/outbox?{query}").text for query in asked}

    assert found == {
        "status=queued": True,
        "status=sent": False,
        "letter=closed": True,
        "q=R6-0001": True,
        "q=nobody": False,
        "round=R5": False,
    }


@pytest.mark.parametrize("query", ["status=x", "before=0", "before=99999999999", "letter=x%27"])
def test_outbox_bears_any_question(app: Flask, message: OutboxMessage, query: str) -> None:
    assert enter(app, "lead").get(f"/outbox?{query}").status_code == 200


def test_mail_about_a_case_in_conflict_is_not_there(
    app: Flask, world: World, db_session: Session
) -> None:
    proposal = make_submitted(world)
    message = told(world, db_session, about=Subject(type="proposal", id=proposal.id))
    declare_conflict(world["lead"], proposal=proposal)
    db_session.commit()

    browser = enter(app, "lead")

    assert browser.get(f"/outbox/{message.id}").status_code == 404
    assert message.subject not in browser.get("/outbox").text
    assert enter(app, "admin").get(f"/outbox/{message.id}").status_code == 200


def test_letter_over_several_cases_is_not_shown_to_another_in_conflict(
    app: Flask, world: World, db_session: Session
) -> None:
    reader = world["officer1"]
    message = told(world, db_session, about=Subject(type="user", id=reader.id))
    declare_conflict(world["lead"], body=world["other"].organization)
    db_session.commit()

    answers = [
        enter(app, login).get(f"/outbox/{message.id}").status_code for login in ("lead", "admin")
    ]

    assert answers == [404, 200]


def test_message_out_of_reach_is_not_sent_again(
    app: Flask, message: OutboxMessage, db_session: Session
) -> None:
    message.status = DeliveryStatus.WITHHELD
    message.recipient.email = None
    db_session.commit()

    answer = enter(app, "lead").post(f"/outbox/{message.id}", data={"act": "retry"})
    db_session.refresh(message)

    assert (answer.status_code, message.status) == (422, DeliveryStatus.WITHHELD)
    assert "宛先にメールアドレスがありません" in answer.text


def test_message_is_held_let_go_and_cancelled_with_a_trace(
    app: Flask, message: OutboxMessage, db_session: Session
) -> None:
    browser = enter(app, "lead")
    path = f"/outbox/{message.id}"
    standing = []

    for typed in (
        {"act": "hold"},
        {"act": "release"},
        {"act": "cancel", "reason": ""},
        {"act": "cancel", "reason": "宛先の団体に電話で伝えた"},
        {"act": "release"},
    ):
        answer = browser.post(path, data=typed)
        db_session.refresh(message)
        standing.append((answer.status_code, message.status.value))

    assert standing == [
        (302, "held"),
        (302, "queued"),
        (422, "queued"),
        (302, "cancelled"),
        (409, "cancelled"),
    ]
    verbs = db_session.scalars(
        select(AuditEvent.verb)
        .where(AuditEvent.subject_type == "outbox_message")
        .order_by(AuditEvent.seq)
    ).all()
    assert verbs == ["message.hold", "message.release", "message.cancel"]


def test_act_there_is_none_of_is_refused(app: Flask, message: OutboxMessage) -> None:
    assert enter(app, "lead").post(f"/outbox/{message.id}", data={"act": "x"}).status_code == 400


def test_mail_that_came_back_is_a_task_until_it_is_dealt_with(
    app: Flask, world: World, db_session: Session
) -> None:
    proposal = make_submitted(world)
    message = told(world, db_session, about=Subject(type="proposal", id=proposal.id))
    message.status = DeliveryStatus.SENT
    db_session.commit()
    browser = enter(app, "lead")
    case, words = f"/proposals/{proposal.receipt_number}", "知らせ1通が届いていません"

    browser.post(f"/outbox/{message.id}", data={"act": "bounce", "reason": "550 で戻ってきた"})
    shown = [words in browser.get(case).text, "1通あります" in browser.get("/").text]
    unseen = words in enter(app, "city").get(case).text
    browser.post(f"/outbox/{message.id}", data={"act": "finish", "reason": "電話で伝えた"})

    assert shown == [True, True]
    assert not unseen
    assert words not in browser.get(case).text
    assert "取りやめ" in browser.get(f"{case}/history").text


def test_letters_wait_by_rule_and_go_when_their_number_is_typed(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "lead")
    browser.post("/outbox/letters/closed/rule", data={"is_held": "y"})
    message = told(world, db_session)
    standing = [message.status.value]

    for count in ("2", "", "1"):
        answer = browser.post("/outbox/letters/closed/release", data={"count": count})
        db_session.refresh(message)
        standing.append(f"{answer.status_code} {message.status.value}")

    assert standing == ["held", "422 held", "422 held", "302 queued"]


def test_receipt_is_never_held(app: Flask, world: World) -> None:
    answer = enter(app, "lead").post("/outbox/letters/receipt/rule", data={"is_held": "y"})

    assert answer.status_code == 422


def test_letter_is_shown_as_its_reader_gets_it(app: Flask, world: World) -> None:
    browser = enter(app, "admin")

    page = browser.get("/outbox/letters/closed?login=city").text
    unknown = browser.get("/outbox/letters/closed?login=nobody").text

    assert f"{world['city'].label} 様" in page
    assert "「nobody」という利用者はいません" in unknown
    assert browser.get("/outbox/letters/nothing").status_code == 404


def test_late_mail_is_undelivered_where_there_is_a_server(
    app: Flask, message: OutboxMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "届いていないメールが1通あります"
    shown = []

    for url in ("", "smtp://127.0.0.1:9"):
        settings = replace(app.config["SETTINGS"], SMTP_URL=url, MAIL_FROM="a@example.jp")
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        with clock.at(LATER):
            shown.append(words in enter(app, "lead").get("/").text)

    assert shown == [False, True]


def test_late_mail_is_a_task_on_its_case(
    app: Flask, world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = make_submitted(world)
    told(world, db_session, about=Subject(type="proposal", id=proposal.id))
    settings = replace(
        app.config["SETTINGS"], SMTP_URL="smtp://127.0.0.1:9", MAIL_FROM="a@example.jp"
    )
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    words, shown = "知らせ3通が届いていません", []

    for moment in (MOMENT, LATER):
        with clock.at(moment):
            page = enter(app, "officer1").get(f"/proposals/{proposal.receipt_number}").text
            shown.append(words in page)

    assert shown == [False, True]
