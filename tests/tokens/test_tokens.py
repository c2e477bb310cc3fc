"""Tokens are made by their owners, shown once, and die with the rights they carry (O3, P28)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from app.accounts.models import ApiToken, Role, SignInAttempt, TokenEnd, User
from app.accounts.passwords import hash_password
from app.accounts.services.own_sessions import end_sessions_as_manager
from app.accounts.services.users import change_roles, disable_user, replace_password
from app.audit.models import AuditEvent
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.tokens import use
from app.tokens.services import MakeToken, make_token, revoke_token
from app.tokens.use import TokenRefused, WaitBeforeNext, admit
from tests.accounts.browser import enter
from tests.factories import PASSWORD, World, make_world
from tests.outsiders.people import make_outsider
from tests.tokens.keys import make_key

NOW = clock.jst(2024, 8, 20, 10)
PAGE = "/account/tokens"
SECRET = re.compile(r"kyotsu_[0-9a-f]{64}")
FREE_TRIES = 10
FORM = {
    "name": "進行管理表への取込み",
    "reach": "chosen",
    "rounds": "R6",
    "expires_on": "令和7年3月31日",
    "present": PASSWORD,
}


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def verbs(prefix: str = "api_token.") -> list[str]:
    found = select(AuditEvent.verb).where(AuditEvent.verb.startswith(prefix))
    return list(db.session.scalars(found.order_by(AuditEvent.seq)))


def ask(secret: str, source: str = "203.0.113.7") -> ApiToken:
    try:
        return admit(secret, source=source, free_tries=FREE_TRIES)[0]
    finally:
        # All sessions of a test share one transaction: what was written beside this one stays.
        db.session.commit()


def kept(owner: User, **changes: object) -> str:
    _token, secret = make_key(owner, **changes)
    db.session.commit()
    return secret


# --- Making -------------------------------------------------------------------------------------


def test_p41_token_is_shown_once_and_stored_as_a_hash_alone(app: Flask, world: World) -> None:
    browser = enter(app, "city")

    made = browser.post(f"{PAGE}/new", data=FORM)
    secrets = set(SECRET.findall(made.text))

    assert made.status_code == 200
    assert len(secrets) == 1
    secret = secrets.pop()
    listed = browser.get(PAGE)
    assert "進行管理表への取込み" in listed.text
    assert secret not in listed.text
    for table in inspect(db.engine).get_table_names():
        rows = db.session.execute(text(f'SELECT * FROM "{table}"')).all()
        assert not [row for row in rows if secret in str(row)], table
    token = ask(secret)
    assert token.user_id == world["city"].id
    assert token.round_ids == {world.round.id}


def test_owner_is_told_and_the_trail_knows_who_made_what(app: Flask, world: World) -> None:
    enter(app, "city").post(f"{PAGE}/new", data=FORM)

    letters = select(OutboxMessage).where(OutboxMessage.letter == "api_token_made")
    letter = db.session.scalars(letters).one()
    entry = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "api_token.make")).one()
    assert letter.recipient_id == world["city"].id
    assert "令和7年3月31日" in letter.body
    assert not SECRET.search(letter.body)
    assert entry.actor_id == world["city"].id
    assert entry.changes == {"rounds": ["R6"], "body": "", "expires_on": "2025-03-31"}


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("present", "wrong", "いまのパスワードが違います"),
        ("name", "", "用途を入力してください"),
        ("rounds", [], "募集回を1つ以上選んでください"),
        ("rounds", "R99", "一覧から選んでください"),
        ("expires_on", "令和6年8月19日", "今日以後の日にしてください"),
        ("expires_on", "令和7年8月21日", "1年以内にしてください"),
        ("expires_on", "いつか", "期限の日"),
    ],
)
def test_form_says_what_is_wrong_and_makes_nothing(
    app: Flask, world: World, field: str, typed: str | list[str], words: str
) -> None:
    answer = enter(app, "city").post(f"{PAGE}/new", data=FORM | {field: typed})

    assert answer.status_code == 422
    assert words in answer.text
    assert not SECRET.search(answer.text)
    assert db.session.scalars(select(ApiToken)).all() == []


def test_last_day_may_be_a_year_away(app: Flask, world: World) -> None:
    made = enter(app, "city").post(f"{PAGE}/new", data=FORM | {"expires_on": "2025-08-20"})

    assert SECRET.search(made.text)


def test_body_of_a_token_is_named_by_the_secretariat_alone(app: Flask, world: World) -> None:
    code = world["other"].organization.code or ""
    command = MakeToken(
        name="集計", rounds=None, body_code=code, expires_on=NOW.date() + timedelta(days=1)
    )

    of_office, _ = make_token(command, actor=world["officer1"])
    of_city, _ = make_token(command, actor=world["city"])

    assert of_office.body_id == world["other"].organization_id
    assert of_city.body_id is None
    with pytest.raises(InvalidInput, match="誤り") as refused:
        make_token(replace(command, body_code="999999"), actor=world["officer1"])
    assert list(refused.value.errors) == ["body_code"]


def test_p52_outsiders_and_those_without_cases_make_none(app: Flask, world: World) -> None:
    outsider = make_outsider(world["city"], ends_at=NOW + timedelta(days=30))
    db.session.commit()
    browser = enter(app, "outside")

    page, refused = browser.get(PAGE), browser.post(f"{PAGE}/new", data=FORM)

    assert "このアカウントでは発行できません" in page.text
    assert refused.status_code == 403
    for person in (outsider, world["ministry"], world["admin"], world["observer"]):
        with pytest.raises(NotAllowed):
            make_key(person)


# --- Using --------------------------------------------------------------------------------------


def test_last_use_is_shown_and_the_trail_has_one_entry_an_hour(app: Flask, world: World) -> None:
    secret = kept(world["city"])

    for minutes in (0, 1, 59, 61):
        with clock.at(NOW + timedelta(minutes=minutes)):
            ask(secret)

    token = db.session.scalars(select(ApiToken)).one()
    entries = select(AuditEvent).where(AuditEvent.verb == "api_token.use").order_by(AuditEvent.seq)
    counted = [entry.changes["requests_before"] for entry in db.session.scalars(entries)]
    assert token.last_used_at == NOW + timedelta(minutes=61)
    assert counted == [0, 3]
    assert "11時01分" in enter(app, "city").get(PAGE).text


def test_token_opens_to_the_last_second_of_its_day(world: World) -> None:
    secret = kept(world["city"], days=2)
    end = clock.jst(2024, 8, 23)

    with clock.at(end - timedelta(microseconds=1)):
        ask(secret)
    with clock.at(end), pytest.raises(TokenRefused):
        ask(secret)


def test_revoked_by_its_owner_or_the_administrator_it_is_dead_at_once(
    app: Flask, world: World
) -> None:
    own, other = kept(world["city"]), kept(world["city"])
    first, second = db.session.scalars(select(ApiToken.id).order_by(ApiToken.id))

    stranger = enter(app, "city-mgr").post(f"{PAGE}/{first}/revoke")
    by_owner = enter(app, "city").post(f"{PAGE}/{first}/revoke")
    by_admin = enter(app, "admin").post(f"{PAGE}/{second}/revoke")
    again = enter(app, "admin").post(f"{PAGE}/{second}/revoke")

    assert stranger.status_code == 404
    assert (by_owner.location, by_admin.location) == (PAGE, "/tokens")
    assert again.status_code == 302
    for secret in (own, other):
        with pytest.raises(TokenRefused):
            ask(secret)
    assert verbs().count("api_token.revoke") == 2
    assert "取消し済み" in enter(app, "admin").get("/tokens").text


def test_nothing_is_left_to_end_of_a_token_whose_day_is_over(app: Flask, world: World) -> None:
    kept(world["city"], days=0)
    token_id = db.session.scalars(select(ApiToken.id)).one()

    with clock.at(clock.now() + timedelta(days=2)):
        page = enter(app, "city").get(PAGE).text
        pressed = enter(app, "city").post(f"{PAGE}/{token_id}/revoke")

    assert ("期限切れ" in page, "取り消す" in page) == (True, False)
    assert pressed.location == PAGE
    assert db.session.get_one(ApiToken, token_id).ended_at is None
    assert "api_token.revoke" not in verbs()


Change = Callable[[World], None]
CHANGES: dict[str, Change] = {
    "roles": lambda w: change_roles(w["city"], [Role.PROPOSER_MANAGER], actor=w["admin"]),
    "account": lambda w: disable_user(w["city"], actor=w["admin"]),
    "password": lambda w: replace_password(w["city"], hash_password("another one, longer")),
    "sign-ins": lambda w: end_sessions_as_manager(w["city"], actor=w["admin"]),
}


@pytest.mark.parametrize("what", CHANGES)
def test_p28_token_dies_with_the_rights_of_its_owner(world: World, what: str) -> None:
    secret = kept(world["city"])
    ask(secret)

    CHANGES[what](world)
    db.session.commit()

    with pytest.raises(TokenRefused):
        ask(secret)
    token = db.session.scalars(select(ApiToken)).one()
    assert token.end is TokenEnd.OWNER_CHANGED


def test_p28_token_stays_dead_when_the_rights_come_back(world: World) -> None:
    secret = kept(world["city"])
    before = list(world["city"].roles)

    change_roles(world["city"], [Role.PROPOSER_MANAGER], actor=world["admin"])
    change_roles(world["city"], before, actor=world["admin"])
    db.session.commit()

    with pytest.raises(TokenRefused):
        ask(secret)


def test_p28_token_of_a_body_that_its_owner_left_opens_nothing(world: World) -> None:
    secret = kept(world["city"])
    world["city"].organization_id = world["other"].organization_id
    db.session.commit()

    with pytest.raises(TokenRefused):
        ask(secret)


def test_last_day_of_the_account_ends_its_tokens(world: World) -> None:
    secret = kept(world["city"])
    world["city"].ends_on = NOW.date()
    db.session.commit()

    ask(secret)
    with clock.at(NOW + timedelta(days=1)), pytest.raises(TokenRefused):
        ask(secret)


def test_missing_pledge_keeps_no_program_from_reading(world: World) -> None:
    secret = kept(world["city"])
    world["city"].attested_until = None
    db.session.commit()

    assert ask(secret).user_id == world["city"].id


# --- Throttling ---------------------------------------------------------------------------------


def test_p38_wrong_tokens_are_counted_by_source_and_lock_nobody_out(world: World) -> None:
    secret = kept(world["city"])

    for number in range(FREE_TRIES * 10):
        with pytest.raises(TokenRefused):
            ask(f"kyotsu_{number}")
    with pytest.raises(WaitBeforeNext) as refused:
        ask("kyotsu_more")

    assert refused.value.seconds == 600
    assert len(db.session.scalars(select(SignInAttempt)).all()) == FREE_TRIES * 10
    with pytest.raises(TokenRefused):
        ask("kyotsu_more", source="203.0.113.8")
    assert ask(secret).user_id == world["city"].id


def test_unknown_expired_and_revoked_tokens_are_refused_with_the_same_work(world: World) -> None:
    revoked, expired = kept(world["city"]), kept(world["city"], days=0)
    first = db.session.scalars(select(ApiToken).order_by(ApiToken.id)).first()
    assert first is not None
    revoke_token(first, actor=world["city"])
    db.session.commit()

    said, left = set(), []
    with clock.at(NOW + timedelta(days=1)):
        for secret in ("kyotsu_never", revoked, expired, ""):
            with pytest.raises(TokenRefused) as refused:
                ask(secret)
            said.add(refused.value.message)
            left.append((verbs().count("api_token.refuse"), len(tries())))

    assert len(said) == 1
    assert left == [(1, 1), (2, 2), (3, 3), (4, 4)]


def tries() -> list[SignInAttempt]:
    return list(db.session.scalars(select(SignInAttempt)))


def test_requests_of_a_token_are_limited_by_the_minute(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use, "REQUESTS_PER_MINUTE", 3)
    secret, other = kept(world["city"]), kept(world["city"])

    with clock.at(NOW + timedelta(seconds=18)):
        for _ in range(3):
            ask(secret)
        with pytest.raises(WaitBeforeNext) as refused:
            ask(secret)
        ask(other)
    with clock.at(NOW + timedelta(seconds=60)):
        token = ask(secret)

    assert refused.value.seconds == 42
    db.session.refresh(token)
    assert (token.requests, token.minute_requests) == (4, 1)


def test_p26_round_that_has_not_opened_is_no_choice_of_a_body(app: Flask, world: World) -> None:
    world.round.opens_at = NOW + timedelta(days=1)
    db.session.commit()

    refused = enter(app, "city").post(f"{PAGE}/new", data=FORM)

    assert refused.status_code == 422
    assert world.round.label in enter(app, "officer1").get(f"{PAGE}/new").text
    assert "一覧から選んでください" in refused.text
