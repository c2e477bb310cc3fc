"""Pages and files of the follow-up (後続対応の画面)."""

import csv
from html import unescape
from io import StringIO

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.follow_ups import routes
from app.proposals.models import Proposal
from app.workflow.states import FollowUp
from tests.accounts.browser import enter
from tests.factories import World, make_world
from tests.follow_ups.cases import add_bunken, cite, make_of


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


@pytest.fixture
def cases(world: World, db_session: Session) -> list[Proposal]:
    elsewhere = make_of(world, FollowUp.OTHER_PROCESS)
    cite(elsewhere, add_bunken())
    found = [elsewhere, make_of(world, FollowUp.CANDIDATE), make_of(world, FollowUp.REFERENCE)]
    db_session.commit()
    return found


def main_of(page: TestResponse) -> str:
    return unescape(page.text.split("<main")[1].split("</main>")[0])


def test_list_is_narrowed_and_written_out_alike(app: Flask, cases: list[Proposal]) -> None:
    officer = enter(app, "officer1")
    asked = "?progress=missing"

    page = main_of(officer.get(f"/follow-ups{asked}"))
    file = officer.get(f"/follow-ups/export{asked}&format=csv").data.decode("utf-8-sig")
    unknown = officer.get("/follow-ups/export?format=exe")

    rows = list(csv.DictReader(StringIO(file)))
    # Class by class: the one for candidates comes first.
    assert [row["受付番号"] for row in rows] == [cases[1].reference, cases[0].reference]
    assert [number in page for number in (case.reference for case in cases)] == [True, True, False]
    assert "結果を記録する" in page
    assert unknown.status_code == 422


def test_list_is_read_page_by_page_with_its_filter(
    app: Flask, cases: list[Proposal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "PAGE_SIZE", 1)
    lead = enter(app, "lead")
    every = lead.get("/follow-ups").text

    shown = [
        [case.reference for case in cases if f">{case.reference}<" in lead.get(path).text]
        for path in [f"/follow-ups?page={number}" for number in range(1, len(cases) + 1)]
    ]

    assert sorted(shown) == sorted([case.reference] for case in cases)
    assert ('rel="next"' in every, 'rel="prev"' in every) == (True, False)


def test_outcome_is_recorded_and_stands_on_the_case(app: Flask, cases: list[Proposal]) -> None:
    officer = enter(app, "officer1")
    typed = {
        "version": "0",
        "status": "realized",
        "text": "照会できるようになりました。",
        "decided_on": "",
        "source": "対応方針 3頁",
    }

    refused = officer.post("/follow-ups/bunken/1", data=typed)
    done = officer.post("/follow-ups/bunken/1", data={**typed, "decided_on": "令和6年8月1日"})
    page = main_of(officer.get(f"/proposals/{cases[0].receipt_number}"))
    listed = main_of(officer.get("/follow-ups/bunken"))
    of_auditor = main_of(enter(app, "auditor").get("/follow-ups/bunken/1"))

    assert (refused.status_code, "決定日を入力してください" in refused.text) == (422, True)
    assert "照会できるようになりました。" in refused.text
    assert done.status_code == 302
    assert "照会できるようになりました。" in page
    assert "実現" in listed
    assert "<textarea" not in of_auditor


def test_note_is_written_from_the_case_and_printed_in_the_list(
    app: Flask, cases: list[Proposal]
) -> None:
    officer = enter(app, "officer1")
    address = f"/proposals/{cases[2].receipt_number}/study-note"

    empty = officer.post(address, data={"version": "0", "text": ""})
    done = officer.post(
        address, data={"version": "0", "text": "調査の結果を見る"}, follow_redirects=True
    )
    page = main_of(officer.get("/follow-ups/reference"))
    history = officer.get(f"/proposals/{cases[2].receipt_number}/history").text
    file = officer.get("/follow-ups/reference/export?format=csv").data.decode("utf-8-sig")

    assert empty.status_code == 422
    assert "メモを保存しました" in done.text
    assert ["調査の結果を見る" in text for text in (page, file)] == [True, True]
    assert "参考リストのメモを書きました" in history


def test_bodies_and_ministries_do_not_open_the_list(app: Flask, cases: list[Proposal]) -> None:
    answers = [
        enter(app, login).get("/follow-ups").status_code for login in ("city", "coordinator")
    ]

    assert (answers, len(cases)) == ([403, 403], 3)
