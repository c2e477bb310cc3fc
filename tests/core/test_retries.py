"""What the database undid is done again, what it may have done is asked for (P13, P17)."""

from collections.abc import Callable

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.core import retries
from app.core.access import public, signed_in
from app.core.retries import MOST_RETRIES
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.rounds.models import Scheme
from tests.accounts.browser import enter
from tests.factories import make_world
from tests.proposals.saving import drafts_of, new_key, typed

Serve = Callable[[Callable[[], str]], None]


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE_SECONDS", 0)


@pytest.fixture
def serve(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Let a view of the test stand at /healthz."""
    return lambda view: monkeypatch.setitem(app.view_functions, "health.healthz", public(view))


def deadlock(*, is_lost: bool = False) -> OperationalError:
    cause = psycopg.OperationalError("lost") if is_lost else psycopg.errors.DeadlockDetected("x")
    return OperationalError("UPDATE", {}, cause, connection_invalidated=is_lost)


@pytest.mark.parametrize("is_lost", [False, True])
def test_p13_view_that_was_undone_runs_again(
    client: FlaskClient, serve: Serve, is_lost: bool
) -> None:
    tries = []

    def view() -> str:
        tries.append(1)
        if len(tries) <= MOST_RETRIES:
            raise deadlock(is_lost=is_lost)
        return "done"

    serve(view)
    answer = client.get("/healthz")

    assert (answer.status_code, answer.text, len(tries)) == (200, "done", MOST_RETRIES + 1)


def test_p13_view_that_is_undone_each_time_is_given_up(client: FlaskClient, serve: Serve) -> None:
    tries = []

    def view() -> str:
        tries.append(1)
        raise deadlock()

    serve(view)
    answer = client.get("/healthz")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert len(tries) == MOST_RETRIES + 1


def test_p13_view_that_has_committed_is_not_run_again(
    client: FlaskClient, db_session: Session, serve: Serve
) -> None:
    tries = []

    def view() -> str:
        tries.append(1)
        with unit_of_work():
            pass
        raise deadlock()

    serve(view)
    answer = client.get("/healthz")

    assert (answer.status_code, len(tries)) == (503, 1)


def test_p13_other_trouble_is_told_at_once(client: FlaskClient, serve: Serve) -> None:
    tries = []

    def view() -> str:
        tries.append(1)
        raise OperationalError("UPDATE", {}, psycopg.errors.LockNotAvailable("x"))

    serve(view)

    assert (client.get("/healthz").status_code, len(tries)) == (503, 1)


def test_p17_form_that_met_a_trouble_comes_back_filled_with_its_key(
    app: Flask, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_world()
    db_session.commit()
    browser = enter(app, "city")
    sent = typed(title="図書館の貸出しの共通化", form_key=new_key())

    def fail() -> str:
        raise OperationalError("SELECT", {}, psycopg.errors.LockNotAvailable("x"))

    with monkeypatch.context() as patch:
        patch.setitem(app.view_functions, "proposals.new", signed_in(fail))
        answer = browser.post("/proposals/new", data=sent)
    again = browser.post("/proposals/new", data=sent)

    assert answer.status_code == 503
    assert 'action="/proposals/new"' in answer.text
    assert f'name="form_key" value="{sent["form_key"]}"' in answer.text
    assert 'name="title" value="図書館の貸出しの共通化"' in answer.text
    assert "もう一度送る" in answer.text
    # To be copied, where sending it again does not help.
    assert "readonly>\n図書館の貸出しの共通化</textarea>" in answer.text
    assert (again.status_code, len(drafts_of(db_session))) == (302, 1)


@pytest.mark.parametrize(
    "sent", [{"password": "a long password", "form_key": "0" * 32}, {"a": "x"}]
)
def test_p17_secret_or_a_form_without_key_is_not_sent_again_by_a_button(
    client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch, sent: dict[str, str]
) -> None:
    def fail() -> str:
        raise OperationalError("SELECT", {}, psycopg.errors.LockNotAvailable("x"))

    monkeypatch.setitem(app.view_functions, "accounts.login", public(fail))
    answer = client.post("/login", data=sent)

    assert answer.status_code == 503
    assert "もう一度送る" not in answer.text
    assert "a long password" not in answer.text


def test_p17_trouble_while_the_first_answer_is_looked_up_is_told(
    app: Flask, db_session: Session
) -> None:
    make_world()
    db_session.commit()
    browser = enter(app, "city")
    sent = typed(title="二度送る提案", form_key=new_key())
    browser.post("/proposals/new", data=sent)
    asked = []

    def fail(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.extend([statement] * ("FROM posted_form" in statement))
        if len(asked) == 2:
            raise OperationalError(statement, {}, psycopg.errors.AdminShutdown("x"))

    event.listen(Engine, "before_cursor_execute", fail)
    try:
        answer = browser.post("/proposals/new", data=sent)
    finally:
        event.remove(Engine, "before_cursor_execute", fail)
    again = browser.post("/proposals/new", data=sent)

    assert (answer.status_code, again.status_code, len(asked)) == (503, 302, 2)
    assert len(drafts_of(db_session)) == 1


def test_schemes_of_a_unit_that_was_undone_are_not_there(
    client: FlaskClient, db_session: Session, serve: Serve
) -> None:
    """What the first try added is gone when the second begins."""
    tries = []

    def view() -> str:
        tries.append(1)
        with unit_of_work():
            db.session.add(Scheme(key="again", name="再試行", version=1))
            db.session.flush()
            if len(tries) == 1:
                raise deadlock()
        return "done"

    serve(view)
    answer = client.get("/healthz")

    assert (answer.status_code, len(tries)) == (200, 2)
