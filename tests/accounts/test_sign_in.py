"""Sign-in (ログイン) as a browser meets it: same words for all, slow to guess, safe to leave."""

import re
import time
from datetime import datetime, timedelta

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import SignInAttempt, User
from app.accounts.routes.sign_in import safe_path
from app.accounts.services import sign_in as sign_in_service
from app.accounts.services.sign_in import TOO_MANY, WRONG
from app.accounts.services.users import disable_user
from app.audit.models import AuditEvent
from app.core import clock
from tests.accounts.browser import is_signed_in, sign_in
from tests.accounts.test_passwords import OLD_HASH
from tests.factories import PASSWORD, World, make_world

NOON = clock.jst(2024, 8, 27, 12)


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


# --- In and out ---------------------------------------------------------------------------------


def test_right_password_signs_in(world: World, client: FlaskClient) -> None:
    answer = sign_in(client, "officer1")

    assert (answer.status_code, answer.location) == (302, "/")
    assert is_signed_in(client)


def test_login_is_read_without_outer_blanks(world: World, client: FlaskClient) -> None:
    assert sign_in(client, " officer1　").status_code == 302


def test_sign_in_and_sign_out_leave_their_traces(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    sign_in(client, "officer1", "wrong")
    sign_in(client, "officer1")

    entries = db_session.scalars(
        select(AuditEvent)
        .where(AuditEvent.verb.startswith("user.sign_in"))
        .order_by(AuditEvent.seq)
    ).all()
    assert [(row.verb, row.actor_id, row.changes) for row in entries] == [
        ("user.sign_in_failed", None, {}),
        ("user.sign_in", world["officer1"].id, {}),
    ]
    assert all(len(row.request_id) == 16 for row in entries)


def test_old_hash_is_renewed_at_the_sign_in(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    world["officer1"].password_hash = OLD_HASH
    db_session.commit()

    sign_in(client, "officer1", "an old password")

    assert world["officer1"].password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert is_signed_in(client)


# --- Same words ---------------------------------------------------------------------------------


# Made anew for each showing of a form.
FORM_KEY = re.compile(r'name="form_key"[^>]*>')


def words_of(client: FlaskClient, login: str, password: str) -> tuple[int, str]:
    """Status and page, without what belongs to the request alone."""
    answer = sign_in(client, login, password)
    return answer.status_code, FORM_KEY.sub("", answer.text.replace(login, ""))


def test_p38_unknown_wrong_and_disabled_are_refused_in_the_same_words(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    disable_user(world["officer2"], actor=world["admin"])
    db_session.commit()

    with clock.at(NOON):
        wrong = words_of(client, "officer1", "wrong password")
        unknown = words_of(client, "nobody", "wrong password")
        disabled = words_of(client, "officer2", PASSWORD)

    assert wrong[0] == 422
    assert WRONG in wrong[1]
    assert wrong == unknown == disabled


def test_password_is_never_sent_back(world: World, client: FlaskClient) -> None:
    answer = sign_in(client, "officer1", "my secret of today")

    assert "my secret of today" not in answer.text


@pytest.mark.parametrize("login", ["x" * 100_000, "' OR 1=1 --", "%", "\ud800"])
def test_odd_login_is_refused_without_a_fault(
    world: World, client: FlaskClient, login: str
) -> None:
    answer = client.post(
        "/login",
        data={"login": login.encode("utf-8", "surrogatepass"), "password": "wrong"},
    )

    assert answer.status_code == 422


def test_password_of_a_megabyte_is_refused_at_once(world: World, client: FlaskClient) -> None:
    started = time.perf_counter()  # a duration, not the time of day

    answer = sign_in(client, "officer1", "x" * 1_000_000)

    assert answer.status_code == 422
    assert time.perf_counter() - started < 2


def test_body_over_the_limit_is_refused(world: World, client: FlaskClient) -> None:
    answer = sign_in(client, "officer1", "x" * 3_000_000)

    assert answer.status_code == 413
    assert "送られた内容が大きすぎます" in answer.text


# --- Too many tries -----------------------------------------------------------------------------


def fail(client: FlaskClient, login: str, times: int) -> list[int]:
    return [sign_in(client, login, "wrong").status_code for _ in range(times)]


def fail_from_elsewhere(session: Session, times: int, *, login: str, source: str) -> None:
    """Remember failures without the seconds that hashing takes."""
    session.add_all(
        SignInAttempt(login_key=login, source=source, attempted_at=clock.now(), is_success=False)
        for _ in range(times)
    )
    session.commit()


def test_p38_eleventh_try_on_a_login_is_turned_away_even_with_the_right_password(
    world: World, client: FlaskClient
) -> None:
    with clock.at(NOON):
        statuses = fail(client, "officer1", 10)
        answer = sign_in(client, "officer1")

    assert statuses == [422] * 10
    assert answer.status_code == 429
    assert TOO_MANY in answer.text
    assert not is_signed_in(client)


def test_p38_unknown_login_is_slowed_down_in_the_same_words(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    with clock.at(NOON):
        for login in ("officer1", "nobody"):
            fail_from_elsewhere(db_session, 10, login=login, source="192.0.2.1")
        known = words_of(client, "officer1", "wrong")
        unknown = words_of(client, "nobody", "wrong")

    assert known[0] == 429
    assert known == unknown


def test_p38_guessing_from_everywhere_ends_and_locks_nobody_out_of_the_usual_place(
    world: World, client: FlaskClient, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_service, "GLOBAL_FACTOR", 1)
    with clock.at(NOON - timedelta(days=3)):
        sign_in(client, "officer1")
        client.post("/logout")
    with clock.at(NOON):
        for number in range(10):
            fail_from_elsewhere(db_session, 1, login=f"guess{number}", source=f"192.0.2.{number}")
        usual = sign_in(client, "officer1").status_code
        client.post("/logout")
        others = [sign_in(client, login).status_code for login in ("lead", "nobody")]
        elsewhere = client.post(
            "/login",
            data={"login": "officer1", "password": PASSWORD},
            environ_base={"REMOTE_ADDR": "192.0.2.77"},
            headers={"X-Forwarded-For": "127.0.0.1"},
        ).status_code

    assert (usual, others, elsewhere) == (302, [429, 429], 429)


def test_tries_are_counted_whatever_the_case_of_the_letters(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    with clock.at(NOON):
        fail_from_elsewhere(db_session, 10, login="officer1", source="192.0.2.1")

        assert sign_in(client, "OFFICER1").status_code == 429


@pytest.mark.parametrize(("times", "status"), [(99, 302), (100, 429)])
def test_p38_source_that_fails_on_many_logins_is_slowed_down(
    world: World, client: FlaskClient, db_session: Session, times: int, status: int
) -> None:
    with clock.at(NOON):
        fail_from_elsewhere(db_session, times, login="somebody", source="127.0.0.1")

        assert sign_in(client, "officer1").status_code == status


@pytest.mark.parametrize(
    ("moment", "status"),
    [(NOON + timedelta(minutes=9, seconds=59), 429), (NOON + timedelta(minutes=10), 302)],
)
def test_tries_are_forgotten_after_ten_minutes(
    world: World, client: FlaskClient, db_session: Session, moment: datetime, status: int
) -> None:
    with clock.at(NOON):
        fail_from_elsewhere(db_session, 10, login="officer1", source="192.0.2.1")

    with clock.at(moment):
        assert sign_in(client, "officer1").status_code == status


def test_failures_of_one_login_leave_the_others_alone(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    with clock.at(NOON):
        fail_from_elsewhere(db_session, 10, login="officer1", source="192.0.2.1")

        assert sign_in(client, "officer2").status_code == 302


# --- Where to after the sign-in -----------------------------------------------------------------

OUTSIDE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "\t//evil.example/",
    "http:evil.example",
    "javascript:alert(1)",
    "evil.example",
    "//[",
    "/\t/[",
    "",
    " /proposals",
]
INSIDE = [
    "/",
    "/proposals",
    "/proposals/R6-0001?tab=1&q=%E9%8D%B5",
    "/a//b",
    "/?next=//evil.example",
]


@pytest.mark.parametrize("target", OUTSIDE)
def test_address_outside_leads_to_the_home(app: Flask, target: str) -> None:
    with app.test_request_context():
        assert safe_path(target) == url_for("dashboard.home")


@pytest.mark.parametrize("target", INSIDE)
def test_address_inside_is_followed(app: Flask, target: str) -> None:
    with app.test_request_context():
        assert safe_path(target) == target


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_sign_in_never_leads_outside(world: World, client: FlaskClient, target: str) -> None:
    answer = sign_in(client, "officer1", next=target)

    assert (answer.status_code, answer.location) == (302, "/")


def test_sign_in_leads_back_to_the_page_that_was_asked_for(
    world: World, client: FlaskClient
) -> None:
    asked = client.get("/rounds?x=1")
    answer = sign_in(client, "officer1", next="/rounds?x=1")

    assert (asked.status_code, asked.location) == (302, "/login?next=/rounds?x%3D1")
    assert answer.location == "/rounds?x=1"


def test_signed_in_user_is_led_home_from_the_sign_in(world: World, client: FlaskClient) -> None:
    sign_in(client, "officer1")

    answer = client.get("/login")

    assert (answer.status_code, answer.location) == (302, "/")


def test_p38_unknown_login_costs_a_hash_too(
    world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def watch(stored: str, password: str) -> bool:
        seen.append(stored)
        return False

    monkeypatch.setattr("app.accounts.services.sign_in.is_right_password", watch)

    sign_in(client, "officer1", "wrong")
    sign_in(client, "nobody", "wrong")

    known: User = world["officer1"]
    assert seen[0] == known.password_hash
    assert seen[1].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
