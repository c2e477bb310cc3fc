"""Sessions (セッション): the row decides, so that a cookie ends when the server says so (P40)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.accounts.models import Role, UserSession
from app.accounts.services.sessions import choose_round, find_session, hash_token, start_session
from app.accounts.services.users import change_roles, disable_user, enable_user, set_password
from app.audit.models import AuditEvent
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from tests.accounts.browser import is_signed_in, sign_in
from tests.factories import World, make_world

MORNING = clock.jst(2024, 8, 27, 9)


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(MORNING):
        world = make_world()
        db_session.commit()
    return world


@pytest.fixture
def officer(world: World, client: FlaskClient) -> FlaskClient:
    """The browser of officer1, signed in at 9:00."""
    with clock.at(MORNING):
        sign_in(client, "officer1")
    return client


@pytest.fixture
def busy_officer(committed_app: Flask) -> FlaskClient:
    """The same with commits that are real: the notes of activity are a transaction beside."""
    client = committed_app.test_client()
    with clock.at(MORNING):
        with committed_app.app_context(), unit_of_work():
            make_world()
        sign_in(client, "officer1")
    return client


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


def is_signed_in_at(client: FlaskClient, moment: datetime) -> bool:
    with clock.at(moment):
        return is_signed_in(client)


# --- Ends of a session --------------------------------------------------------------------------


def test_p40_cookie_copied_before_the_logout_is_dead_after_it(
    officer: FlaskClient, client: FlaskClient
) -> None:
    copied = cookie_of(officer)
    thief = officer.application.test_client()
    with clock.at(MORNING):
        thief.set_cookie("session", copied)
        before = is_signed_in(thief)
        answer = officer.post("/logout")
        thief.set_cookie("session", copied)

        assert (before, answer.status_code, answer.location) == (True, 302, "/login")
        assert not is_signed_in(thief)
        assert not is_signed_in(officer)


def test_logout_is_no_link(officer: FlaskClient) -> None:
    with clock.at(MORNING):
        assert officer.get("/logout").status_code == 405
        assert is_signed_in(officer)


@pytest.mark.parametrize(
    ("pause", "is_alive"),
    [(timedelta(minutes=30), True), (timedelta(minutes=30, seconds=1), False)],
)
def test_p40_session_ends_after_thirty_idle_minutes(
    officer: FlaskClient, pause: timedelta, is_alive: bool
) -> None:
    assert is_signed_in_at(officer, MORNING + pause) is is_alive


def test_activity_keeps_the_session_alive(busy_officer: FlaskClient) -> None:
    pages = [
        is_signed_in_at(busy_officer, MORNING + timedelta(minutes=29 * n)) for n in range(1, 6)
    ]

    assert pages == [True] * 5


def test_p40_busy_session_ends_after_eight_hours(busy_officer: FlaskClient) -> None:
    busy = [
        is_signed_in_at(busy_officer, MORNING + timedelta(minutes=20 * n)) for n in range(1, 24)
    ]
    last = is_signed_in_at(busy_officer, MORNING + timedelta(hours=8, seconds=-1))
    after = is_signed_in_at(busy_officer, MORNING + timedelta(hours=8))

    assert (busy, last, after) == ([True] * 23, True, False)


def disable(world: World) -> None:
    disable_user(world["officer1"], actor=world["admin"])


def change_password(world: World) -> None:
    set_password(world["officer1"], "another long password", actor=world["admin"])


def take_role_away(world: World) -> None:
    change_roles(world["officer1"], [Role.OBSERVER], actor=world["admin"])


@pytest.mark.parametrize("change", [disable, change_password, take_role_away])
def test_p28_session_ends_at_once_with_a_change_of_the_account(
    world: World, officer: FlaskClient, change: Callable[[World], None]
) -> None:
    with clock.at(MORNING):
        before = is_signed_in(officer)
        with unit_of_work():
            change(world)

        assert (before, is_signed_in(officer)) == (True, False)


def test_disabled_account_is_out_even_with_a_running_session(
    world: World, officer: FlaskClient, db_session: Session
) -> None:
    with clock.at(MORNING):
        world["officer1"].disabled_at = clock.now()
        db_session.commit()

        assert not is_signed_in(officer)


def test_session_that_was_ended_stays_dead_when_the_account_opens_again(
    world: World, officer: FlaskClient
) -> None:
    with clock.at(MORNING):
        with unit_of_work():
            disable(world)
        with unit_of_work():
            enable_user(world["officer1"], actor=world["admin"])

        assert not is_signed_in(officer)


def test_sessions_of_others_go_on(world: World, officer: FlaskClient) -> None:
    other = officer.application.test_client()
    with clock.at(MORNING):
        sign_in(other, "officer2")
        with unit_of_work():
            disable(world)

        assert is_signed_in(other)


# --- What the cookie is worth -------------------------------------------------------------------


def test_p40_session_from_before_the_sign_in_is_cleared(world: World, client: FlaskClient) -> None:
    with clock.at(MORNING):
        client.get("/login")
        with client.session_transaction() as planted:
            planted["planted"] = "by somebody else"
            planted["_user_id"] = "a token of somebody else"
            planted["csrf_token"] = "a token of somebody else"
        sign_in(client, "officer1")

        with client.session_transaction() as after:
            assert "planted" not in after
            assert after.get("csrf_token") != "a token of somebody else"
            assert after["_user_id"] != "a token of somebody else"
        assert is_signed_in(client)


def test_each_sign_in_has_a_token_of_its_own(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    with clock.at(MORNING):
        for browser in (client, client.application.test_client()):
            sign_in(browser, "officer1")

    assert len(set(db_session.scalars(select(UserSession.token_hash)).all())) == 2


def test_token_is_stored_as_a_hash_only(world: World, db_session: Session) -> None:
    token = start_session(world["officer1"], source="", hours=8)
    db_session.flush()

    row = db_session.execute(text("SELECT * FROM user_session")).one()
    assert token not in [str(value) for value in row]
    assert row.token_hash == hash_token(token)
    assert len(token) == 43


@pytest.mark.parametrize("token", ["", "1", "x" * 1000, "officer1"])
def test_made_up_token_opens_nothing(world: World, token: str) -> None:
    assert find_session(token, idle_minutes=30) is None


@pytest.mark.parametrize("forged", ["", "x", "eyJfdXNlcl9pZCI6IjEifQ.ZszZzg.AAAA"])
def test_forged_cookie_opens_nothing(world: World, client: FlaskClient, forged: str) -> None:
    client.set_cookie("session", forged)

    assert not is_signed_in(client)


def test_round_of_a_session_is_kept_in_its_row(world: World, db_session: Session) -> None:
    token = start_session(world["officer1"], source="", hours=8)
    db_session.flush()

    choose_round(token, world.round.id)

    found = find_session(token, idle_minutes=30)
    assert found is not None
    assert found.round_id == world.round.id


def test_reading_pages_rarely_writes(busy_officer: FlaskClient) -> None:
    def seen_at() -> datetime:
        with busy_officer.application.app_context():
            return db.session.scalars(select(UserSession.last_seen_at)).one()

    is_signed_in_at(busy_officer, MORNING + timedelta(seconds=59))
    within_a_minute = seen_at()
    is_signed_in_at(busy_officer, MORNING + timedelta(seconds=60))

    assert (within_a_minute, seen_at()) == (MORNING, MORNING + timedelta(seconds=60))


def test_form_sent_after_the_session_ended_comes_back_to_be_copied(client: FlaskClient) -> None:
    text = "夜間に貸し出す体育館の鍵を、窓口の開いている時間に手渡ししている。"

    response = client.post("/proposals/new", data={"detail": text, "password": "never shown again"})

    assert response.status_code == 401
    assert text in response.text
    assert "never shown again" not in response.text


def test_p22_signing_in_and_out_leaves_a_trace(
    client: FlaskClient, db_session: Session, world: World
) -> None:
    sign_in(client, "officer1")
    client.post("/logout")

    verbs = db_session.scalars(
        select(AuditEvent.verb).where(AuditEvent.actor_id == world["officer1"].id)
    )
    assert list(verbs) == ["user.sign_in", "user.sign_out"]
