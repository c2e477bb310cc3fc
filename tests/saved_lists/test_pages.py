"""Saved lists (保存した一覧): what is kept is the filter, and its count is the opened list."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.audit.models import AuditEvent
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
    state = "submitted" if typed.get("kind") == "own" else "accepted"
    return enter(app, login).post(
        "/saved-lists", data={"round": "R6", "state": state, "name": name, **typed}
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


def test_each_saves_the_lists_of_its_own_work(app: Flask, world: World) -> None:
    refused = save(app, "city")
    saved = save(app, "city", kind="own")
    unknown = save(app, "city", kind="nonsense")
    unsearched = save(app, "city", kind="search", q=" ")

    assert (refused.status_code, unknown.status_code, unsearched.status_code) == (403, 404, 422)
    assert saved.location == "/proposals?state=submitted"
    assert "検索の語を入力し" in main_of(unsearched)
    assert enter(app, "observer").get("/saved-lists").status_code == 403


def test_body_shares_within_itself_alone(app: Flask, world: World, db_session: Session) -> None:
    save(app, "city", kind="own", is_shared="y")
    saved = the_list()

    beside = enter(app, "city-mgr").get(f"/saved-lists/{saved.id}")
    elsewhere = [
        enter(app, login).get(f"/saved-lists/{saved.id}").status_code
        for login in ("other", "officer1", "ministry")
    ]

    assert beside.location == "/proposals?state=submitted"
    assert elsewhere == [404, 404, 404]


def test_who_moves_on_leaves_the_lists(app: Flask, world: World, db_session: Session) -> None:
    save(app, "officer1", is_shared="y")
    saved = the_list()
    path = f"/saved-lists/{saved.id}/take-over"
    early = enter(app, "lead").post(path, data={"version": 1})
    world["officer1"].disabled_at = NOW
    db_session.commit()

    officer = enter(app, "officer2").post(path, data={"version": 1})
    told = main_of(enter(app, "lead").get("/saved-lists"))
    taken = enter(app, "lead").post(path, data={"version": 1})

    assert (early.status_code, officer.status_code, taken.status_code) == (403, 403, 302)
    assert "保存した人が異動・退職した一覧が1件あります" in told
    assert (saved.owner_id, saved.is_shared) == (world["lead"].id, True)


def test_shared_list_is_copied_to_an_own_one(app: Flask, world: World) -> None:
    save(app, "officer1", is_shared="y")
    saved = the_list()
    browser = enter(app, "officer2")

    browser.post(f"/saved-lists/{saved.id}/copy")
    browser.post(f"/saved-lists/{saved.id}/copy")

    copies = db.session.scalars(
        select(SavedList).where(SavedList.owner_id == world["officer2"].id).order_by(SavedList.id)
    ).all()
    assert [(row.name, row.query, row.is_shared) for row in copies] == [
        ("割当待ち", saved.query, False),
        ("割当待ち（2）", saved.query, False),
    ]


def test_home_shows_the_pinned_lists_in_their_order(app: Flask, world: World) -> None:
    for name, state in (("一番", "accepted"), ("二番", "in_review")):
        save(app, "officer1", name=name, state=state)
    first, second = db.session.scalars(select(SavedList).order_by(SavedList.id)).all()
    browser = enter(app, "officer1")
    for saved in (first, second, first):
        browser.post(f"/saved-lists/{saved.id}/pin")

    browser.post(f"/saved-lists/{second.id}/up")
    browser.post(f"/saved-lists/{second.id}/up")
    moved = pinned_on(browser.get("/"))
    browser.post(f"/saved-lists/{second.id}/unpin")
    left = pinned_on(browser.get("/"))

    assert moved == [("二番", "1"), ("一番", "2")]
    assert left == [("一番", "2")]
    acts = db.session.scalars(
        select(AuditEvent.verb)
        .where(AuditEvent.subject_type == "saved_list")
        .order_by(AuditEvent.seq)
    ).all()
    assert acts == [
        *["saved_list.save"] * 2,
        *["saved_list.pin"] * 2,
        "saved_list.move",
        "saved_list.unpin",
    ]


def test_full_home_and_full_shelf_are_said(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.saved_lists.services.MOST_PINS", 0)
    monkeypatch.setattr("app.saved_lists.services.MOST_LISTS", 1)
    save(app, "officer1")
    browser = enter(app, "officer1")

    refused = browser.post(f"/saved-lists/{the_list().id}/pin", follow_redirects=True)
    full = save(app, "officer1", name="別の名前")

    assert "どれかをホームから外してください" in refused.text
    assert (full.status_code, "使わない一覧を削除して" in main_of(full)) == (422, True)


def pinned_on(home: TestResponse) -> list[tuple[str, str]]:
    part = home.text.split('aria-labelledby="pinned-lists"')[1].split("</section>")[0]
    return re.findall(r"<dt>(.+?)</dt><dd><a[^>]*>(\d+)", part)
