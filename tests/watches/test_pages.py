"""The screens of the watches (見直しの条件の画面)."""

from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core import clock
from app.proposals.models import Proposal
from app.watches.models import Watch, WatchStatus
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, make_world
from tests.watches.test_services import classify

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


@pytest.fixture
def case(world: World, db_session: Session) -> Proposal:
    proposal = classify(world)
    db_session.commit()
    return proposal


def main_of(page: TestResponse) -> str:
    return unescape(page.text.split("<main")[1].split("</main>")[0])


def sent(world: World, **changes: object) -> dict[str, object]:
    return {
        "condition": "新しい技術が公表されたとき",
        "source": "公表資料",
        "check_on": "令和6年10月1日",
        "owner_id": world["officer1"].id,
        "register_entry_id": "",
        **changes,
    }


def test_watch_goes_from_unwritten_to_due_to_met(
    app: Flask, world: World, case: Proposal, db_session: Session
) -> None:
    browser = enter(app, "officer1")
    number = case.receipt_number
    empty = main_of(browser.get("/watches"))
    assert "条件が未登録の提案" in empty
    assert f"/proposals/{number}/watches/new" in empty

    made = browser.post(f"/proposals/{number}/watches/new", data=sent(world))

    watch = db_session.scalars(select(Watch)).one()
    page = f"/proposals/{number}/watches/{watch.id}"
    assert made.status_code == 302
    assert "新しい技術が公表されたとき" in main_of(browser.get(f"/proposals/{number}"))
    changed = browser.post(
        f"{page}/edit",
        data=sent(world, version=watch.version, condition="制度の改正", reason="広げる"),
    )
    assert changed.status_code == 302
    db_session.expire_all()
    with clock.at(clock.jst(2024, 10, 1, 9)):
        browser = enter(app, "officer1")
        due = main_of(browser.get("/watches?state=due&owner=x&round=none"))
        assert "見直し日（令和6年10月1日（火））が来ました" in due
        done = browser.post(
            f"{page}/check",
            data={"version": watch.version, "found": "改正された", "outcome": "met"},
        )
        assert done.status_code == 302
        table = browser.get("/watches/export?format=csv&state=met").text
    db_session.expire_all()
    assert watch.status is WatchStatus.MET
    assert "条件を満たした" in table
    assert browser.get("/watches/export?format=pdf").status_code == 422
    history = main_of(enter(app, "lead").get(f"/proposals/{number}/history"))
    assert "見直しの条件を確認しました" in history
    assert "前の条件：新しい技術が公表されたとき" in main_of(browser.get(f"/proposals/{number}"))


def test_faults_are_told_at_their_fields_with_what_was_typed(
    app: Flask, world: World, case: Proposal, db_session: Session
) -> None:
    browser = enter(app, "officer1")
    address = f"/proposals/{case.receipt_number}/watches/new"

    page = browser.post(
        address, data=sent(world, check_on="令和6年13月1日", owner_id="x", condition="残る文")
    )
    odd = browser.post(address, data={"register_entry_id": "-", "owner_id": "9" * 30})
    bad_row = browser.post(address, data=sent(world, register_entry_id="abc"))

    assert (page.status_code, odd.status_code, bad_row.status_code) == (422, 422, 422)
    assert "残る文" in main_of(page)
    assert "台帳の行を一覧から選んでください" in main_of(bad_row)
    assert db_session.scalars(select(Watch)).all() == []


def test_bodies_and_people_in_conflict_learn_nothing(
    app: Flask, world: World, case: Proposal, db_session: Session
) -> None:
    number = case.receipt_number
    enter(app, "officer1").post(f"/proposals/{number}/watches/new", data=sent(world))
    declare_conflict(world["officer2"], proposal=case)
    db_session.commit()

    body = enter(app, "city-mgr").get(f"/proposals/{number}")
    hidden = enter(app, "officer2")

    assert "見直しの条件" not in main_of(body)
    assert case.title not in hidden.get("/watches").text
    assert hidden.get(f"/proposals/{number}/watches/new").status_code == 404
    assert enter(app, "city-mgr").get("/watches").status_code == 403
    assert enter(app, "auditor").get("/watches").status_code == 200
