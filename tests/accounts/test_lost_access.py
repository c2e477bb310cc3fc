"""Getting back in (ログインできない人): links for a new password, devices signed out."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import PasswordReset, ResetEnd, User, UserSession
from app.accounts.queries import find_user
from app.accounts.services.own_password import make_reset_link, use_reset_link
from app.accounts.services.reset_links import find_usable_link
from app.accounts.services.sign_in import SignIn, remember_try
from app.core import clock
from app.core.errors import NotAllowed, NotFound
from app.core.unit_of_work import unit_of_work
from tests.accounts.browser import enter, is_signed_in, sign_in
from tests.accounts.test_second_factor import set_up
from tests.factories import PASSWORD, World, make_world

NOON = clock.jst(2024, 8, 27, 12)
NEW = "shio no kaori 77 mado"


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


def link_for(user: User, actor: User) -> str:
    return make_reset_link(user, actor=actor)[1]


def test_p41_link_changes_the_password_once_and_ends_sessions_and_other_links(
    app: Flask, world: World, client: FlaskClient, db_session: Session
) -> None:
    browser = enter(app, "city")
    manager = enter(app, "city-mgr")
    page = manager.post(f"/users/{world['city'].id}/reset-link").get_data(as_text=True)
    shown = re.search(r"/password-reset\?token=([\w-]+)", page)
    assert shown is not None
    fields = {"token": shown[1], "password": NEW}

    refused = client.post("/password-reset", data=fields | {"password": "short"})
    used = client.post("/password-reset", data=fields)
    again = client.post("/password-reset", data=fields)

    assert (refused.status_code, used.location, again.status_code) == (422, "/login", 404)
    assert not is_signed_in(browser)
    assert sign_in(app.test_client(), "city").status_code == 422
    assert sign_in(app.test_client(), "city", NEW).status_code == 302
    row = db_session.scalars(select(PasswordReset)).one()
    assert (row.end, shown[1] in row.token_hash) == (ResetEnd.USED, False)


def test_p41_link_dies_of_time_of_a_newer_one_and_of_another_password_or_body(
    world: World, db_session: Session
) -> None:
    city, manager = world["city"], world["city-mgr"]
    with clock.at(NOON):
        older, newer = link_for(city, manager), link_for(city, manager)
        found = [find_usable_link(older) is not None, find_usable_link(newer) is not None]
    for moment in (timedelta(minutes=29), timedelta(minutes=30)):
        with clock.at(NOON + moment):
            found.append(find_usable_link(newer) is not None)
    with clock.at(NOON):
        body, city.organization = city.organization, world["other"].organization
        db_session.flush()
        found.append(find_usable_link(newer) is not None)
        city.organization = body
        city.password_hash = world["other"].password_hash + " "
        db_session.flush()
        found.append(find_usable_link(newer) is not None)

    assert found == [False, True, True, False, False, False]


def test_p41_link_is_made_by_who_looks_after_the_person_alone(
    world: World, db_session: Session
) -> None:
    for actor in (world["other-mgr"], world["lead"], world["city"]):
        with pytest.raises(NotAllowed):
            make_reset_link(world["city"], actor=actor)
    with pytest.raises(NotAllowed):
        make_reset_link(world["admin"], actor=world["admin"])

    assert db_session.scalar(select(func.count()).select_from(PasswordReset)) == 0


@pytest.mark.parametrize(
    "query", ["", "token=", "token=a&token=b", "token[]=a", "token=" + "x" * 5000]
)
def test_p41_what_is_no_link_is_answered_alike(client: FlaskClient, query: str) -> None:
    assert client.get(f"/password-reset?{query}").status_code == 404


def test_p39_new_password_does_not_skip_the_second_factor(
    app: Flask, world: World, db_session: Session
) -> None:
    set_up(world["city"])
    use_reset_link(link_for(world["city"], world["city-mgr"]), NEW)
    db_session.commit()
    browser = app.test_client()

    answer = sign_in(browser, "city", NEW)

    assert (answer.location, is_signed_in(browser)) == ("/login/second-step?next=/", False)


def test_p38_true_user_gets_in_by_a_link_while_a_stranger_guesses(
    app: Flask, world: World, db_session: Session
) -> None:
    with clock.at(NOON):
        for _ in range(10):
            guess = SignIn(login="city", password="x", source="192.0.2.1")
            remember_try(guess, is_success=False)
        db_session.commit()
        closed = sign_in(app.test_client(), "city").status_code
    with clock.at(NOON + timedelta(minutes=1)):
        use_reset_link(link_for(world["city"], world["city-mgr"]), NEW)
        db_session.commit()

        assert (closed, sign_in(app.test_client(), "city", NEW).status_code) == (429, 302)


def test_p41_of_many_who_use_a_link_at_once_one_wins(committed_app: Flask) -> None:
    with committed_app.app_context():
        with unit_of_work():
            make_world()
        with unit_of_work():
            token = link_for(_user("city"), _user("city-mgr"))

    def use(number: int) -> bool:
        with committed_app.app_context():
            try:
                with unit_of_work():
                    use_reset_link(token, f"{NEW} {number}")
            except NotFound:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(use, range(8)))

    assert sum(won) == 1


def _user(login: str) -> User:
    found = find_user(login)
    assert found is not None
    return found


# --- Own password and devices -------------------------------------------------------------------


def test_p40_own_password_ends_the_other_devices_and_keeps_this_one(
    app: Flask, world: World
) -> None:
    here, there = enter(app, "city"), enter(app, "city")

    answers = [
        here.post("/account/password", data={"present": present, "password": new}).status_code
        for present, new in (("wrong", NEW), (PASSWORD, PASSWORD), (PASSWORD, "short"))
    ]
    done = here.post("/account/password", data={"present": PASSWORD, "password": NEW})

    assert (answers, done.location) == ([422, 422, 422], "/account")
    assert (is_signed_in(here), is_signed_in(there)) == (True, False)


def test_p40_devices_are_listed_and_ended_and_only_ones_own(
    app: Flask, world: World, db_session: Session
) -> None:
    here, there, other = enter(app, "city"), enter(app, "city"), enter(app, "other")
    ids = dict(
        db_session.execute(
            select(UserSession.user_id, func.max(UserSession.id)).group_by(UserSession.user_id)
        ).all()
    )

    page = here.get("/account").get_data(as_text=True)
    foreign = here.post(f"/account/sessions/{ids[world['other'].id]}/end")
    own = here.post(f"/account/sessions/{ids[world['city'].id]}/end")

    assert (page.count("この端末"), page.count("終わらせる</")) == (1, 0)
    assert page.count('/end"') == 2
    assert (foreign.status_code, own.location) == (404, "/account")
    assert [is_signed_in(browser) for browser in (here, there, other)] == [True, False, True]


def test_p40_manager_ends_the_sessions_of_the_own_people_alone(app: Flask, world: World) -> None:
    city, other, manager = enter(app, "city"), enter(app, "other"), enter(app, "city-mgr")

    answers = [
        manager.post(f"/users/{world[login].id}/sessions/end").status_code
        for login in ("city", "other")
    ]

    assert answers == [302, 404]
    assert [is_signed_in(browser) for browser in (city, other)] == [False, True]


def test_p37_password_of_a_megabyte_is_refused_without_a_hash(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr("argon2.PasswordHasher.verify", lambda *given: hashed.append("verified"))

    answer = sign_in(client, "officer1", "x" * 2**20)

    assert (answer.status_code, hashed) == (422, [])
