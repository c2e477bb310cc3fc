"""Where a request comes from (要求の出所): other sites and other hosts are refused (P42, P45)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import flask_config
from app.core.origin import (
    LOOPBACK,
    OTHER_HOST_MESSAGE,
    OTHER_SITE_MESSAGE,
    UNSAFE_METHODS,
    allowed_hosts,
)
from app.proposals.models import Proposal
from config import load_settings
from tests.accounts.browser import let_in
from tests.architecture.test_endpoints import address, doors
from tests.factories import make_draft, make_world

OWN = "http://localhost"
REFUSED = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": OWN},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:8443"},
    {"Origin": "https://localhost"},
    {"Origin": OWN, "Sec-Fetch-Site": "nonsense"},
)
LET_IN = (
    {},
    {"Origin": OWN},
    {"Origin": OWN, "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://127.0.0.1:8000"},
)


@pytest.mark.parametrize("headers", REFUSED)
def test_change_sent_by_another_site_is_refused_p42(
    client: FlaskClient, db_session: Session, headers: dict[str, str]
) -> None:
    world = make_world()
    draft = make_draft(world)
    db_session.commit()
    let_in(client, "city")

    answer = client.post(f"/proposals/drafts/{draft.id}/discard", headers=headers)

    assert answer.status_code == 403
    assert OTHER_SITE_MESSAGE in answer.text
    assert db_session.scalar(select(func.count()).select_from(Proposal)) == 1


def test_p42_every_door_that_changes_something_asks_where_it_comes_from(
    client: FlaskClient,
) -> None:
    changing = [door for door in doors(client.application) if door.method in UNSAFE_METHODS]
    elsewhere = {"Origin": "https://elsewhere.example"}

    answers = {
        door: client.open(address(client.application, door), method=door.method, headers=elsewhere)
        for door in changing
    }

    assert len(changing) > 200
    assert [door for door, answer in answers.items() if answer.status_code != 403] == []
    assert all(OTHER_SITE_MESSAGE in answer.text for answer in answers.values())


@pytest.mark.parametrize("headers", LET_IN)
def test_change_sent_by_our_own_page_is_taken_p42(
    client: FlaskClient, db_session: Session, headers: dict[str, str]
) -> None:
    make_world()
    db_session.commit()
    let_in(client, "city")

    answer = client.post("/logout", headers=headers)

    assert answer.status_code == 302


def test_page_asked_for_by_a_link_elsewhere_is_shown(client: FlaskClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}

    answer = client.get("/login", headers=headers)

    assert answer.status_code == 200


@pytest.fixture
def in_production(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = allowed_hosts("https://Teian.example:8443/")
    monkeypatch.setitem(app.config, "ALLOWED_HOSTS", hosts)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "teian.example.evil.example",
        "evil.example:8443",
        "teian.example@evil",
        "a b",
    ],
)
@pytest.mark.parametrize("path", ["/login", "/no-such-page", "/static/css/base.css"])
@pytest.mark.usefixtures("in_production")
def test_foreign_host_is_refused_p45(client: FlaskClient, host: str, path: str) -> None:
    answer = client.get(path, headers={"Host": host})

    assert answer.status_code == 400
    assert OTHER_HOST_MESSAGE in answer.text
    assert "evil" not in answer.text


@pytest.mark.parametrize("host", ["teian.example", "TEIAN.example:8443", *sorted(LOOPBACK)])
@pytest.mark.usefixtures("in_production")
def test_own_host_and_the_machine_itself_are_answered_p45(client: FlaskClient, host: str) -> None:
    answer = client.get("/login", headers={"Host": host})

    assert answer.status_code == 200


def test_production_knows_its_hosts_by_its_address_p45() -> None:
    production = {
        "APP_ENV": "production",
        "SECRET_KEY": "k" * 40,
        "PUBLIC_URL": "https://teian.example",
    }

    hosts = flask_config(load_settings({}, production))["ALLOWED_HOSTS"]

    assert hosts == LOOPBACK | {"teian.example"}


POISON = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "host=evil.example",
    "X-Original-URL": "/users",
    "X-Rewrite-URL": "/users",
    "X-HTTP-Method-Override": "POST",
    "X-Remote-User": "admin",
    "Remote-User": "admin",
}


@pytest.mark.parametrize("path", ["/", "/login", "/users", "/public", "/no-such-page"])
def test_headers_of_a_proxy_that_nobody_named_change_nothing_p45(
    client: FlaskClient, db_session: Session, path: str
) -> None:
    make_world()
    db_session.commit()

    plain, poisoned = client.get(path), client.get(path, headers=POISON)

    assert poisoned.status_code == plain.status_code
    assert poisoned.location == plain.location
    assert "evil" not in poisoned.text
