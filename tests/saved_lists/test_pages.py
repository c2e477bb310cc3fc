"""Saved lists (保存した一覧): what is kept is the filter, and its count is the opened list."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core import clock
from app.extensions import db
from app.saved_lists.models import SavedList
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, make_accepted, make_in_review, make_world

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        make_accepted(world)
        make_accepted(world)
        make_in_review(world)
        db_session.commit()
        yield world


def main_of(page: TestResponse) -> str:
    return unescape(page.text.split("<main")[1].split("</main>")[0])


def save(app: Flask, login: str, name: str = "割当待ち", **typed: str) -> TestResponse:
    return enter(app, login).post(
        "/saved-lists", data={"round": "R6", "state": "accepted", "name": name, **typed}
    )


def the_list() -> SavedList:
    return db.session.scalars(select(SavedList)).one()


def test_saved_list_opens_with_its_filters(app: Flask, world: World) -> None:
    answer = save(app, "officer1")

    assert answer.location == "/proposals?round=R6&state=accepted"
    assert the_list().query == {"state": "accepted"}
    page = enter(app, "officer1").get("/proposals?round=R6")
    assert '<a class="chip" href="/proposals?round=R6&amp;state=accepted">割当待ち</a>' in page.text


@pytest.mark.parametrize("hidden", [False, True])
def test_live_count_is_that_of_the_opened_list(
    app: Flask, world: World, db_session: Session, hidden: bool
) -> None:
    save(app, "officer1")
    if hidden:
        case = make_accepted(world)
        declare_conflict(world["officer1"], proposal=case)
        db_session.commit()
    browser = enter(app, "officer1")

    lists = main_of(browser.get("/saved-lists"))
    opened = main_of(browser.get("/proposals?round=R6&state=accepted"))

    assert re.search(r'割当待ち</a>　<span class="muted">(\d+)件', lists)[1] == "2"  # type: ignore[index]  # it is there
    assert "<b>2件</b>" in opened


def test_shared_list_is_opened_by_all_and_changed_by_its_owner(app: Flask, world: World) -> None:
    save(app, "officer1", is_shared="y")
    saved = the_list()
    other = enter(app, "officer2")

    page = other.get("/saved-lists")
    changed = other.post(f"/saved-lists/{saved.id}", data={"name": "別名", "version": 1})
    deleted = other.post(f"/saved-lists/{saved.id}/delete", data={"version": 1})

    assert "割当待ち" in main_of(page)
    assert (changed.status_code, deleted.status_code) == (403, 403)


def test_own_list_is_hidden_from_others(app: Flask, world: World) -> None:
    save(app, "officer1")
    saved = the_list()
    other = enter(app, "officer2")

    assert "割当待ち" not in main_of(other.get("/saved-lists"))
    assert other.post(f"/saved-lists/{saved.id}/delete", data={"version": 1}).status_code == 404


def test_owner_renames_and_deletes(app: Flask, world: World) -> None:
    save(app, "officer1")
    saved = the_list()
    browser = enter(app, "officer1")

    stale = browser.post(f"/saved-lists/{saved.id}", data={"name": "別名", "version": 9})
    browser.post(f"/saved-lists/{saved.id}", data={"name": "別名", "version": 1, "is_shared": "y"})
    renamed = (saved.name, saved.is_shared)
    browser.post(f"/saved-lists/{saved.id}/delete", data={"version": saved.version})

    assert stale.status_code == 409
    assert renamed == ("別名", True)
    assert db.session.scalars(select(SavedList)).all() == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (" ", "一覧の名前を入力してください"),
        ("あ" * 61, "60文字以内"),
        # 31 letters for a person, 62 for the column
        pytest.param("葛\U000e0100" * 31, "60文字以内", id="variants"),
        ("割当待ち", "同じ名前"),
    ],
)
def test_bad_name_keeps_the_filters(app: Flask, world: World, name: str, message: str) -> None:
    save(app, "officer1")

    page = save(app, "officer1", name=name)

    assert page.status_code == 422
    assert message in main_of(page)
    assert '<input type="hidden" name="state" value="accepted">' in page.text


def test_body_has_no_saved_lists(app: Flask, world: World) -> None:
    assert save(app, "city").status_code == 403
    assert enter(app, "city").get("/saved-lists").status_code == 403
