"""Pages of the discrepancies (食い違いの画面)."""

from html import unescape

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.discrepancies.standing import CONFLICT_NOTE
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, make_classified

INDEX = "/rounds/R6/discrepancies"
CLOSING = f"{INDEX}/deadlines/closing"
REASON = "案内の1箇所が古い日付のままでした。募集は8月27日まで受け付けています。"


@pytest.fixture(autouse=True)
def case(db_session: Session, world: World) -> None:
    make_classified(world)
    db_session.commit()


def main_of(page: TestResponse) -> str:
    return unescape(page.text.split("<main")[1].split("</main>")[0])


def mark_in(page: TestResponse) -> str:
    return page.text.split('name="seen" type="hidden" value="')[1].split('"')[0]


def test_explained_discrepancy_is_read_by_everybody_in_the_secretariat(app: Flask) -> None:
    officer = enter(app, "officer1")
    waiting = main_of(officer.get(INDEX))
    seen = mark_in(officer.get(CLOSING))

    answer = officer.post(CLOSING, data={"explanation": REASON, "seen": seen})

    assert waiting.count(">説明待ち<") == 2
    assert waiting.count("button-primary") == 1
    assert answer.location == INDEX
    auditor = enter(app, "auditor")
    page = main_of(auditor.get(INDEX))
    assert (page.count(REASON), page.count(">説明済み<")) == (1, 1)
    assert REASON in main_of(auditor.get(CLOSING))
    assert "<textarea" not in main_of(auditor.get(CLOSING))
    assert auditor.post(CLOSING, data={"explanation": REASON}).status_code == 403


def test_refused_explanation_comes_back_with_what_was_typed(app: Flask) -> None:
    officer = enter(app, "officer1")
    seen = mark_in(officer.get(CLOSING))

    page = officer.post(CLOSING, data={"explanation": "短い説明", "seen": seen})

    assert page.status_code == 422
    assert "説明は20文字以上で入力してください（今は4文字です）" in main_of(page)
    assert ("短い説明</textarea>" in page.text, mark_in(page)) == (True, seen)


def test_garbled_mark_is_a_conflict_and_shows_the_text(app: Flask) -> None:
    page = enter(app, "officer1").post(CLOSING, data={"explanation": REASON, "seen": "x"})

    assert (page.status_code, REASON in page.text) == (409, True)


@pytest.mark.parametrize("path", ["/rounds/R9/discrepancies", f"{INDEX}/x/y", f"{INDEX}/bunken/x"])
def test_unknown_discrepancy_is_not_found(app: Flask, path: str) -> None:
    page = enter(app, "officer1").get(path)

    assert page.status_code == 404


def test_page_of_a_reader_with_a_conflict_tells_of_no_case(
    app: Flask, db_session: Session, world: World
) -> None:
    declare_conflict(world["officer2"], body=world["city"].organization)
    declare_conflict(world["officer3"], body=world["other"].organization)
    db_session.commit()

    pages = [
        main_of(enter(app, login).get(INDEX)).replace(login, "")
        for login in ("officer2", "officer3")
    ]

    assert pages[0] == pages[1]
    assert (CONFLICT_NOTE in pages[0], "対象候補の件数" in pages[0]) == (True, False)


def test_lead_is_told_at_home_and_reports_lead_to_the_page(app: Flask) -> None:
    home = main_of(enter(app, "lead").get("/"))
    reports = main_of(enter(app, "auditor").get("/reports?round=R6"))

    assert "令和6年の食い違いが2件、説明を待っています" in home
    assert (f'href="{INDEX}"' in home, f'href="{INDEX}"' in reports) == (True, True)
    assert f'href="{INDEX}"' not in main_of(enter(app, "officer1").get("/"))
