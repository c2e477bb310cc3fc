"""Links for a new password by mail (再設定の申込み, P38, P39, P41): alike for everybody, once."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from app.accounts.mailed_links import token_of
from app.accounts.models import PasswordReset, ResetWish, User
from app.accounts.services import reset_wishes
from app.core import clock
from app.extensions import db
from app.notifications.delivery import send_due
from app.notifications.lost_passwords import PLACE, answer_wishes
from app.notifications.models import DeliveryStatus, OutboxMessage
from tests.accounts.browser import CHANCE, enter, is_signed_in, sign_in
from tests.accounts.test_second_factor import set_up
from tests.factories import PASSWORD, World, make_world
from tests.notifications.smtp_server import free_port, mail_server

NOON = clock.jst(2024, 8, 27, 12)
NEW = "shio no kaori 77 mado"
LINK = re.compile(r"https?://[^/]+(/password-reset\?token=([\w-]{43}))")


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOON):
        world = make_world()
        for user in db_session.scalars(select(User)):
            user.email = f"{user.login}@example.jp"
        db_session.commit()
        yield world


@pytest.fixture
def port(app: Flask, monkeypatch: pytest.MonkeyPatch) -> int:
    port = free_port()
    settings = replace(
        app.config["SETTINGS"],
        SMTP_URL=f"smtp://127.0.0.1:{port}",
        MAIL_FROM="noreply@triage.example.jp",
        MAIL_ALLOW="example.jp",
    )
    monkeypatch.setitem(app.config, "SETTINGS", settings)
    return port


def ask(client: FlaskClient, login: str, **how: Any) -> tuple[int, str, str]:
    answer = client.post("/password-forgotten/mail", data={"login": login}, **how)
    return answer.status_code, answer.location or "", CHANCE.sub("", answer.text)


def letters() -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_p41_link_goes_by_mail_alone_and_changes_the_password_once(
    app: Flask, world: World, client: FlaskClient, port: int, db_session: Session
) -> None:
    browser = enter(app, "city")

    ask(client, "city")
    with mail_server(port) as post:
        send_due(lambda: NOON)()
    mail = post.taken[0][1].get_content()
    found = LINK.search(mail)
    assert found is not None
    shown = client.get(found[1])
    used = client.post("/password-reset", data={"token": found[2], "password": NEW})
    again = client.post("/password-reset", data={"token": found[2], "password": NEW + "!"})

    assert [to for to, _ in post.taken] == [("city@example.jp",)]
    assert (shown.status_code, used.location, again.status_code) == (200, "/login", 404)
    assert not is_signed_in(browser)
    tried = [sign_in(app.test_client(), "city", word).status_code for word in (PASSWORD, NEW)]
    assert tried == [422, 302]
    # What is stored opens nothing: neither the letter nor any column holds the token.
    letter, link = letters()[0], db_session.scalars(select(PasswordReset)).one()
    assert (PLACE in letter.body, found[2] in letter.body) == (True, False)
    assert found[2] not in {link.token_hash, link.mail_nonce}
    assert letter.status is DeliveryStatus.SENT


def test_p38_known_and_unknown_are_answered_by_the_same_words_and_queries(
    app: Flask, world: World, client: FlaskClient, db_session: Session
) -> None:
    world["other"].disabled_at, world["officer1"].email = NOON, None
    db_session.commit()
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    answers, queries = [], []
    for login in ("city", "nobody", "other", "officer1"):
        said.clear()
        answers.append(ask(client, login))
        queries.append(list(said))
    event.remove(db.engine, "before_cursor_execute", hear)

    assert answers[0][:2] == (302, "/password-forgotten/asked")
    assert answers == [answers[0]] * 4
    assert any("INSERT INTO reset_wish" in statement for statement in queries[0])
    assert [len(each) for each in queries] == [len(queries[0])] * 4
    assert answer_wishes(NOON) == 1
    assert [letter.recipient.login for letter in letters()] == ["city"]
    assert set(db_session.scalars(select(ResetWish.login))) == {""}


def test_p41_newer_link_and_time_end_the_older_one(world: World, client: FlaskClient) -> None:
    for _ in range(2):
        ask(client, "city")
        answer_wishes(NOON)
    made = db.session.scalars(select(PasswordReset).order_by(PasswordReset.id))
    links = [f"/password-reset?token={token_of(link)}" for link in made]

    found = [client.get(link).status_code for link in links]
    with clock.at(NOON + timedelta(minutes=30)):
        found.append(client.get(links[1]).status_code)

    assert found == [404, 200, 404]


def test_p39_mailed_link_stops_before_the_second_factor(
    app: Flask, world: World, client: FlaskClient, db_session: Session
) -> None:
    set_up(world["lead"])
    db_session.commit()
    for login in ("lead", "coordinator", "admin"):
        ask(client, login)

    answered = answer_wishes(NOON)
    link = db_session.scalars(select(PasswordReset)).one()
    client.post("/password-reset", data={"token": token_of(link), "password": NEW})
    answer = sign_in(client, "lead", NEW)

    # The two others need a second factor and have none: their mail alone opens nothing.
    assert (answered, link.user_id) == (1, world["lead"].id)
    assert (answer.location, is_signed_in(client)) == ("/login/second-step?next=/", False)


def test_p38_one_person_gets_few_letters_and_late_wishes_none(
    world: World, client: FlaskClient
) -> None:
    with clock.at(NOON - timedelta(minutes=31)):
        ask(client, "other")
    answered = []
    for _ in range(4):
        ask(client, "city")
        answered.append(answer_wishes(NOON))

    assert answered == [1, 1, 1, 0]
    assert {letter.recipient.login for letter in letters()} == {"city"}


@pytest.mark.parametrize("limit", ["MOST_OF_SOURCE", "MOST_OF_ALL"])
def test_p38_asking_is_slowed_down_whatever_the_headers_say(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(reset_wishes, limit, 2)
    spoofed = [
        {name: f"198.51.100.{number}"}
        for number, name in enumerate(("X-Forwarded-For", "X-Real-Ip", "Forwarded", "Client-Ip"))
    ]

    statuses = [
        ask(client, login, headers=headers)[0]
        for headers, login in zip(spoofed, ("city", "nobody", "city", "nobody"), strict=True)
    ]
    with clock.at(NOON + timedelta(minutes=10)):
        later = ask(client, "city")[0]

    assert (statuses, later) == ([302, 302, 429, 429], 302)


@pytest.mark.parametrize(
    "fields",
    [
        {"login": ["other", "city"]},
        {"login[]": "city"},
        {"login[0]": "city"},
        {"email": "stranger@example.jp"},
        {"login": "city@example.jp"},
        {"login": "city\r\nBcc: stranger@example.jp"},
        {"login": "city,other"},
    ],
)
def test_p41_odd_wish_reaches_nobody_else(
    world: World, client: FlaskClient, fields: dict[str, Any]
) -> None:
    status = client.post("/password-forgotten/mail", data=fields).status_code
    answer_wishes(NOON)

    assert status in (302, 422)
    # One value counts, the first: never both, never an address of the asker.
    assert {letter.recipient.login for letter in letters()} <= {"other"}


def test_letter_of_a_lost_key_is_not_sent(
    app: Flask, world: World, client: FlaskClient, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client, "city")
    answer_wishes(NOON)
    settings = replace(app.config["SETTINGS"], SECRET_KEY="another key of thirty-two letters!")
    monkeypatch.setitem(app.config, "SETTINGS", settings)

    with mail_server(port) as post:
        send_due(lambda: NOON)()

    assert (post.taken, letters()[0].status) == ([], DeliveryStatus.PARKED)
    assert db.session.scalar(select(func.count()).select_from(PasswordReset)) == 1
