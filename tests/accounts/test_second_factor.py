"""The second factor (二要素認証): codes used once, two steps, nobody takes it off alone (P39)."""

import re
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import (
    FactorResetDecision,
    OrganizationKind,
    RecoveryCode,
    Role,
    SecondFactor,
    User,
)
from app.accounts.sealing import seal, unseal
from app.accounts.services.factor_resets import ask_reset, decide_reset
from app.accounts.services.second_factor import (
    begin_enrolment,
    confirm_enrolment,
    enrolment_of,
    has_factor,
    is_right_code,
    take_off,
)
from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from config import load_settings
from tests.accounts.browser import enter, is_signed_in, sign_in
from tests.factories import PASSWORD, World, make_user, make_world

NOON = clock.jst(2024, 8, 27, 12)


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


def set_up(user: User) -> tuple[pyotp.TOTP, list[str]]:
    """Give a user a device at noon; its code of noon is used up."""
    with clock.at(NOON):
        begin_enrolment(user)
        enrolment = enrolment_of(user)
        assert enrolment is not None
        totp = pyotp.TOTP(enrolment.key)
        return totp, confirm_enrolment(user, totp.at(NOON))


# --- Codes --------------------------------------------------------------------------------------


def test_p39_code_is_used_once(world: World, db_session: Session) -> None:
    totp, _ = set_up(world["officer1"])

    with clock.at(NOON + timedelta(minutes=1)):
        code = totp.at(clock.now())
        tries = [is_right_code(world["officer1"], code) for _ in range(2)]

    assert tries == [True, False]


def test_p39_code_of_one_step_around_is_taken(world: World, db_session: Session) -> None:
    totp, _ = set_up(world["officer1"])

    # Each in a later minute, so that no one uses up the code of another.
    found = []
    for minutes, seconds in enumerate((-60, -30, 0, 30, 60), start=5):
        with clock.at(NOON + timedelta(minutes=2 * minutes)):
            code = totp.at(clock.now() + timedelta(seconds=seconds))
            found.append(is_right_code(world["officer1"], code))

    assert found == [False, True, True, True, False]


def test_p39_older_code_is_refused_after_a_newer_one(world: World, db_session: Session) -> None:
    totp, _ = set_up(world["officer1"])

    with clock.at(NOON + timedelta(minutes=5)):
        now = clock.now()
        tries = [
            is_right_code(world["officer1"], totp.at(now + timedelta(seconds=seconds)))
            for seconds in (0, -30, 30)
        ]

    assert tries == [True, False, True]


def test_what_is_no_code_is_refused(world: World, db_session: Session) -> None:
    set_up(world["officer1"])
    typed = ["", "12345", "1234567", "abcdef", "１２３", "٠٠٠٠٠٠", "x" * 500]

    assert [text for text in typed if is_right_code(world["officer1"], text)] == []


def test_code_is_read_full_width_and_with_blanks(world: World, db_session: Session) -> None:
    totp, _ = set_up(world["officer1"])

    with clock.at(NOON + timedelta(minutes=1)):
        code = totp.at(clock.now())
        wide = code[:3].translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})

        assert is_right_code(world["officer1"], f" {wide} {code[3:]}　")


def test_p39_recovery_codes_are_hashed_and_used_once(world: World, db_session: Session) -> None:
    _, codes = set_up(world["officer1"])
    stored = set(db_session.scalars(select(RecoveryCode.code_hash)))

    tries = [is_right_code(world["officer1"], codes[0].upper()) for _ in range(2)]

    assert tries == [True, False]
    assert (len(set(codes)), len(stored)) == (10, 10)
    assert all(re.fullmatch(r"[0-9a-f]{64}", found) for found in stored)
    assert not is_right_code(world["officer2"], codes[1])


def test_p39_new_device_ends_the_old_one_its_codes_and_all_sessions(
    app: Flask, world: World, db_session: Session
) -> None:
    old, codes = set_up(world["officer1"])
    db_session.commit()
    browser = enter(app, "officer1")

    set_up(world["officer1"])
    db_session.commit()

    with clock.at(NOON + timedelta(minutes=1)):
        assert not is_right_code(world["officer1"], old.at(clock.now()))
    assert not is_right_code(world["officer1"], codes[0])
    assert not is_signed_in(browser)


def test_p39_secret_is_stored_sealed_for_its_owner_and_survives_a_new_key(
    app: Flask, world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    totp, _ = set_up(world["officer1"])
    stored = db_session.get_one(SecondFactor, world["officer1"].id).secret
    sealed = seal(b"twenty bytes of it..", owner="1")
    old_key = app.config["SETTINGS"].secret_key()

    replaced = load_settings(
        {"APP_ENV": "test", "SECRET_KEY": "another key " * 4, "SECRET_KEY_OLD": old_key}
    )
    other = load_settings({"APP_ENV": "test", "SECRET_KEY": "another key " * 4})
    opened = [unseal(sealed, owner="1"), unseal(sealed, owner="2")]
    monkeypatch.setitem(app.config, "SETTINGS", replaced)
    opened.append(unseal(sealed, owner="1"))
    monkeypatch.setitem(app.config, "SETTINGS", other)
    opened.append(unseal(sealed, owner="1"))

    assert opened == [b"twenty bytes of it..", None, b"twenty bytes of it..", None]
    assert stored is not None
    assert totp.secret not in stored


def test_p45_secrets_are_sealed_anew_with_the_new_key(
    app: Flask, world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    totp, _ = set_up(world["officer1"])
    db_session.commit()
    old_key = app.config["SETTINGS"].secret_key()
    new = {"APP_ENV": "test", "SECRET_KEY": "another key " * 4}
    both, other = load_settings({**new, "SECRET_KEY_OLD": old_key}), load_settings(new)

    codes = []
    for settings in (other, both, other):
        monkeypatch.setitem(app.config, "SETTINGS", settings)
        done = app.test_cli_runner().invoke(args=["users", "reseal-second-factors"])
        codes.append(done.exit_code)
    db_session.expire_all()

    assert codes == [1, 0, 0]
    with clock.at(NOON + timedelta(minutes=1)):
        assert is_right_code(world["officer1"], totp.at(clock.now()))


# --- Signing in ---------------------------------------------------------------------------------


def test_p39_right_password_alone_opens_nothing(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    totp, _ = set_up(world["officer1"])
    db_session.commit()

    with clock.at(NOON + timedelta(minutes=5)):
        first = sign_in(client, "officer1", next="/rounds?x=1")
        halfway = is_signed_in(client)
        wrong = client.post("/login/second-step", data={"code": "000000"})
        code = totp.at(clock.now())
        right = client.post("/login/second-step", data={"code": code, "next": "/rounds?x=1"})
        whole = is_signed_in(client)

    assert first.location == "/login/second-step?next=/rounds?x%3D1"
    assert (halfway, wrong.status_code) == (False, 422)
    assert (right.status_code, right.location, whole) == (302, "/rounds?x=1", True)


def test_p39_replayed_code_opens_no_second_session(
    app: Flask, world: World, client: FlaskClient, db_session: Session
) -> None:
    totp, _ = set_up(world["officer1"])
    db_session.commit()
    other = app.test_client()

    with clock.at(NOON + timedelta(minutes=5)):
        code = totp.at(clock.now())
        sign_in(client, "officer1")
        sign_in(other, "officer1")
        answers = [
            browser.post("/login/second-step", data={"code": code}).status_code
            for browser in (client, other)
        ]

    assert answers == [302, 422]


def test_half_open_sign_in_ends_after_ten_minutes_and_with_a_new_password(
    app: Flask, world: World, client: FlaskClient, db_session: Session
) -> None:
    set_up(world["officer1"])
    db_session.commit()

    with clock.at(NOON):
        sign_in(client, "officer1")
    with clock.at(NOON + timedelta(minutes=10)):
        late = client.get("/login/second-step")
    stranger = app.test_client().get("/login/second-step")

    assert (late.status_code, late.location) == (302, "/login")
    assert (stranger.status_code, stranger.location) == (302, "/login")


def test_p38_five_wrong_codes_close_the_second_step_for_ten_minutes(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    totp, _ = set_up(world["officer1"])
    db_session.commit()

    with clock.at(NOON + timedelta(minutes=5)):
        sign_in(client, "officer1")
        wrong = [
            client.post("/login/second-step", data={"code": "000000"}).status_code for _ in range(6)
        ]
        right = client.post("/login/second-step", data={"code": totp.at(clock.now())})

    assert wrong == [422] * 5 + [429]
    assert right.status_code == 429


def test_p39_secretariat_sets_up_a_device_before_anything_opens(
    app: Flask,
    world: World,
    client: FlaskClient,
    db_session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    required = load_settings({"APP_ENV": "test", "SECOND_FACTOR": "required"})
    monkeypatch.setitem(app.config, "SETTINGS", required)

    with clock.at(NOON):
        first = sign_in(client, "officer1")
        begun = client.post("/login/device/begin", data={"next": "/rounds"})
        page = client.get("/login/device").get_data(as_text=True)
        closed = is_signed_in(client)
        key = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)
        assert key is not None
        totp = pyotp.TOTP(key[1].replace(" ", ""))
        done = client.post("/login/device", data={"code": totp.at(clock.now())})
        opened = is_signed_in(client)
    body = sign_in(app.test_client(), "city")

    assert (first.location, begun.location) == (
        "/login/device?next=/",
        "/login/device?next=/rounds",
    )
    assert "data:image/svg+xml" in page
    assert (closed, done.status_code, opened) == (False, 200, True)
    assert len(re.findall(r"<code>[a-z2-7-]{19}</code>", done.get_data(as_text=True))) == 10
    assert body.location == "/"


def test_p39_production_requires_it_unless_it_says_otherwise() -> None:
    production = {
        "APP_ENV": "production",
        "SECRET_KEY": "0123456789abcdef0123456789abcdef",
        "PUBLIC_URL": "https://example.lg.jp",
    }

    found = [
        load_settings(environ).enforces_second_factor()
        for environ in ({}, production, production | {"SECOND_FACTOR": "offered"})
    ]

    assert found == [False, True, False]


# --- Own account --------------------------------------------------------------------------------


def test_own_account_sets_a_device_up_and_asks_who_it_is_first(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")

    refused = browser.post("/account/second-factor", data={"present": "wrong"})
    asked = browser.post("/account/second-factor", data={"present": PASSWORD})
    enrolment = enrolment_of(world["city"])
    assert enrolment is not None
    code = pyotp.TOTP(enrolment.key).at(clock.now())
    done = browser.post("/account/second-factor/device", data={"code": code})

    assert (refused.status_code, asked.status_code, done.status_code) == (422, 302, 200)
    assert has_factor(world["city"])
    assert is_signed_in(browser)
    assert browser.post("/account/second-factor", data={"present": PASSWORD}).status_code == 422


# --- Losing it ----------------------------------------------------------------------------------


def test_p29_p39_taking_it_off_needs_another_person(world: World, db_session: Session) -> None:
    set_up(world["officer1"])
    secretariat = world["admin"].organization
    assert secretariat.kind is OrganizationKind.SECRETARIAT
    second = make_user("admin2", secretariat, Role.ADMIN)
    set_up(second)

    asked = ask_reset(world["officer1"], "端末を紛失", actor=world["admin"])
    with pytest.raises(InvalidInput):
        ask_reset(world["officer1"], "端末を紛失", actor=second)
    for actor in (world["admin"], world["officer1"], world["lead"]):
        with pytest.raises(NotAllowed):
            decide_reset(asked, FactorResetDecision.APPROVED, actor=actor)
    kept = has_factor(world["officer1"])
    decide_reset(asked, FactorResetDecision.APPROVED, actor=second)
    with pytest.raises(IllegalTransition):
        decide_reset(asked, FactorResetDecision.DECLINED, actor=second)
    db_session.commit()

    assert (kept, has_factor(world["officer1"])) == (True, False)
    assert list(
        db_session.scalars(
            select(AuditEvent.verb)
            .where(AuditEvent.verb.startswith("factor_reset"))
            .order_by(AuditEvent.seq)
        )
    ) == ["factor_reset.ask", "factor_reset.decide"]


def test_command_takes_a_second_factor_off(app: Flask, world: World, db_session: Session) -> None:
    set_up(world["admin"])
    db_session.commit()
    command = ["users", "reset-second-factor", "--login", "admin", "--yes"]

    results = [app.test_cli_runner().invoke(args=command).exit_code for _ in range(2)]

    db_session.expire_all()
    assert (results, has_factor(world["admin"])) == ([0, 1], False)


def test_taken_off_factor_leaves_nothing_behind(world: World, db_session: Session) -> None:
    set_up(world["officer1"])

    take_off(world["officer1"])

    assert list(db_session.scalars(select(RecoveryCode))) == []
    assert list(db_session.scalars(select(SecondFactor))) == []
