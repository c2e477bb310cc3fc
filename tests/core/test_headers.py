"""Headers of every answer (応答ヘッダー, P43): pages, refusals, faults, files and redirects."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core.http import CONTENT_SECURITY_POLICY
from tests.accounts.browser import let_in
from tests.architecture.test_endpoints import doors, knock
from tests.factories import make_in_confirmation, make_world

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
NEVER = ("unsafe-inline", "unsafe-eval", "http:", "https:", "*")


def faults_of(answer: TestResponse, *, is_static: bool = False) -> list[str]:
    """What is missing in the headers of an answer."""
    headers = answer.headers
    found = [name for name, value in ALWAYS.items() if headers.get(name) != value]
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or any(word in policy for word in NEVER):
        found.append(f"policy: {policy}")
    if not is_static and headers.get("Cache-Control") != "no-store":
        found.append(f"cache: {headers.get('Cache-Control')}")
    if not is_static and "Cookie" not in headers.get("Vary", ""):
        found.append("vary")
    if not headers.get("X-Request-Id"):
        found.append("request id")
    disposition = headers.get("Content-Disposition", "")
    if answer.status_code == 200 and answer.mimetype not in SHOWN and not is_static:
        found += [] if disposition.startswith("attachment") else [f"shown: {answer.mimetype}"]
    return found


# What a browser shows; everything else is handed out to be kept.
SHOWN = ("text/html", "application/json", "text/plain")


@pytest.mark.parametrize("login", ["", "lead", "city-mgr"])
def test_every_answer_carries_the_headers_p43(
    client: FlaskClient, db_session: Session, login: str
) -> None:
    world = make_world()
    make_in_confirmation(world)
    db_session.commit()
    if login:
        let_in(client, login)
    asked = [door for door in doors(client.application) if door.method == "GET"]

    faults = {
        door.endpoint: found
        for door in asked[:: 5 if login == "lead" else 17]
        if (found := faults_of(knock(client, door), is_static=door.endpoint == "static"))
    }

    assert faults == {}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no-such-page", 404),
        ("GET", "/a%00b", 404),
        ("PUT", "/login", 405),
        ("GET", "/login?next=%00", 400),
        ("POST", "/triage/next", 401),
    ],
)
def test_refusals_carry_the_headers_p43(
    client: FlaskClient, db_session: Session, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)

    assert answer.status_code == status
    assert faults_of(answer) == []
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


def test_fault_carries_the_headers_and_says_nothing_inside_p46(
    app: Flask, client: FlaskClient, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError("秘密の内部情報")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(broken, "audience", "public", raising=False)
    monkeypatch.setitem(app.view_functions, "accounts.login", broken)

    answer = client.get("/login")

    assert answer.status_code == 500
    assert faults_of(answer) == []
    assert "秘密の内部情報" not in answer.text
    assert "RuntimeError" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_https_is_asked_for_from_then_on_p43(client: FlaskClient) -> None:
    answer = client.get("/login", base_url="https://localhost")

    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
