"""The screens of the bulk acts (一括操作の画面)."""

from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.bulk.models import BulkAct
from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, make_accepted, make_world

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


@pytest.fixture
def cases(world: World, db_session: Session) -> list[Proposal]:
    found = [make_accepted(world), make_accepted(world)]
    db_session.commit()
    return found


def main_of(page: TestResponse) -> str:
    return unescape(page.text.split("<main")[1].split("</main>")[0])


def sent(world: World, *cases: Proposal, **changes: object) -> dict[str, object]:
    return {
        "case": [f"{case.id}-{case.version}" for case in cases],
        "kind": "assign",
        "reviewer_ids": [world["officer1"].id],
        "reason": "分担",
        **changes,
    }


def test_chosen_cases_are_shown_and_hidden_ones_are_not(
    app: Flask, world: World, cases: list[Proposal], db_session: Session
) -> None:
    declare_conflict(world["lead"], proposal=cases[1])
    db_session.commit()
    numbers = "&".join(f"number={case.receipt_number}" for case in cases)

    page = enter(app, "lead").get(f"/bulk?{numbers}&number=R6-9999&number=%00")

    assert page.status_code == 200
    assert cases[0].title in main_of(page)
    assert f"{cases[1].id}-{cases[1].version}" not in page.text
    assert "選んだ提案　1件" in main_of(page)


def test_all_of_a_list_are_chosen_by_its_filters(
    app: Flask, world: World, cases: list[Proposal]
) -> None:
    browser = enter(app, "lead")

    found = browser.get("/bulk?all=1&round=R6&state=accepted")
    nothing = browser.get("/bulk?all=1&round=R6&state=pending")

    assert "選んだ提案　2件" in main_of(found)
    assert "提案が選ばれていません" in main_of(nothing)


def test_preview_changes_nothing_and_the_act_moves_all(
    app: Flask, world: World, cases: list[Proposal]
) -> None:
    browser = enter(app, "lead")
    typed = sent(world, *cases)

    preview = browser.post("/bulk/preview", data=typed)
    before = [case.state for case in cases]
    answer = browser.post("/bulk", data=typed)

    assert preview.status_code == 200
    assert "2件に行う" in main_of(preview)
    assert before == [State.ACCEPTED] * 2
    [act] = db.session.scalars(select(BulkAct))
    assert answer.location == f"/bulk/{act.id}"
    assert [case.state for case in cases] == [State.IN_REVIEW] * 2


def test_problem_in_one_case_is_shown_and_stops_all(
    app: Flask, world: World, cases: list[Proposal], db_session: Session
) -> None:
    declare_conflict(world["officer1"], proposal=cases[1])
    db_session.commit()
    browser = enter(app, "lead")

    preview = browser.post("/bulk/preview", data=sent(world, *cases))
    refused = browser.post("/bulk", data=sent(world, *cases))

    assert "1件には行えないため、このままでは1件も行いません" in main_of(preview)
    assert refused.status_code == 422
    assert [case.state for case in cases] == [State.ACCEPTED] * 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"case": []}, "提案を一覧から1件以上選んでください"),
        ({"case": ["abc", "1-２"]}, "提案を一覧から1件以上選んでください"),
        ({"kind": "delete"}, "操作を選んでください"),
        ({"reviewer_ids": []}, "担当者を1人以上選んでください"),
        ({"kind": "hold", "reason": " "}, "ペンディングにする理由を入力してください"),
        ({"kind": "hold"}, "見直し日を入力してください"),
        ({"kind": "hold", "revisit_on": "いつか"}, "いつか"),
    ],
)
def test_what_is_missing_is_said(
    app: Flask, world: World, cases: list[Proposal], changes: dict[str, object], message: str
) -> None:
    page = enter(app, "lead").post("/bulk/preview", data=sent(world, *cases, **changes))

    assert page.status_code == 422
    assert message in main_of(page)
    assert [case.state for case in cases] == [State.ACCEPTED] * 2


def test_undo_by_its_button_in_the_same_sign_in_only(
    app: Flask, world: World, cases: list[Proposal]
) -> None:
    browser = enter(app, "lead")
    browser.post("/bulk", data=sent(world, *cases))
    [act] = db.session.scalars(select(BulkAct))

    elsewhere = enter(app, "lead").post(f"/bulk/{act.id}/undo")
    stranger = enter(app, "officer1").post(f"/bulk/{act.id}/undo")
    states = [case.state for case in cases]
    page = browser.post(f"/bulk/{act.id}/undo", follow_redirects=True)

    assert (elsewhere.status_code, stranger.status_code) == (403, 404)
    assert states == [State.IN_REVIEW] * 2
    assert "操作の前の状態に戻しました" in main_of(page)
    assert [case.state for case in cases] == [State.ACCEPTED] * 2


def test_result_page_asks_as_often_for_many_cases_as_for_two(
    app: Flask, world: World, cases: list[Proposal], db_session: Session
) -> None:
    many = [make_accepted(world) for _ in range(5)]
    db_session.commit()
    browser = enter(app, "lead")
    pages = [browser.post("/bulk", data=sent(world, *group)).location for group in (cases, many)]
    browser.get(pages[0])

    few, more = (count_queries(browser, page) for page in pages)

    assert few == more


def count_queries(browser: FlaskClient, path: str | None) -> int:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    db.session.expunge_all()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert browser.get(path or "").status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(statements)
