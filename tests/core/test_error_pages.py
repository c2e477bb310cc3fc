"""Two who register the same thing at once: one is told, nothing breaks (P04)."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import Session

from app.accounts.models import OrganizationKind, Role, User
from app.core.access import public
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from tests.conftest import make_app
from tests.factories import make_organization, make_user


def test_collision_in_the_database_is_told_in_words(
    client: FlaskClient, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = make_organization(OrganizationKind.SECRETARIAT, "事務局")
    known = make_user("known", body, Role.OFFICER)
    db_session.commit()

    def register_again() -> str:
        with unit_of_work():
            db.session.add(
                User(
                    login=known.login,
                    display_name="同じ人",
                    organization_id=known.organization_id,
                    password_hash="",
                    created_at=known.created_at,
                )
            )
        return "never"

    views = client.application.view_functions
    monkeypatch.setitem(views, "health.healthz", public(register_again))

    answer = client.get("/healthz")

    assert answer.status_code == 409
    assert "ほかの人が同時に同じものを登録した" in answer.text


def test_p17_no_free_connection_is_told_as_crowded_with_a_time_to_come_back(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait_in_vain() -> str:
        raise NoConnection("QueuePool limit of size 5 overflow 10 reached")

    views = client.application.view_functions
    monkeypatch.setitem(views, "health.healthz", public(wait_in_vain))

    answer = client.get("/healthz")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "混み合っているため" in answer.text
    assert "QueuePool" not in answer.text


def test_p17_database_that_is_gone_before_the_person_is_known_is_told_in_words(
    tmp_path: Path,
) -> None:
    app = make_app(f"sqlite:///{tmp_path / 'gone' / 'database.sqlite3'}")
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = "a token of a session"

    answers = [browser.get("/proposals"), browser.post("/proposals/new", data={"title": "図書"})]

    assert [row.status_code for row in answers] == [503, 503]
    assert {row.headers["Retry-After"] for row in answers} == {"5"}
    assert ["混み合っているため" in row.text for row in answers] == [True, True]
