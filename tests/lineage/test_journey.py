"""Splitting one, merging two, undoing the merge, over HTTP (分割・統合の画面)."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts.models import OrgType
from app.exchange.export_table import export_table
from app.exchange.export_view import view_of
from app.exchange.keys import folded_number
from app.extensions import db
from app.lineage.services.splitting import DIVIDED_FIELDS
from app.triage.services.settle import Close, close
from app.workflow.states import State
from tests.accounts.browser import enter
from tests.factories import (
    World,
    declare_conflict,
    make_classified,
    make_in_review,
    make_local_government,
    make_submitted,
    make_world,
)

NUMBER = re.compile(r'class="receipt-number">([^<]+)<')
HIDDEN = re.compile(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"')


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def fields_of(page: TestResponse) -> dict[str, str]:
    """Hidden fields of a page, as a browser would send them back."""
    return {name: value for name, value in HIDDEN.findall(page.text) if name != "form_key"}


def total(browser: FlaskClient, basis: str) -> int:
    page = browser.get(f"/reports/classification?round=R6&format=json&basis={basis}")
    assert page.json is not None
    assert all(check["is_ok"] for check in page.json["checks"])
    return int(page.json["total"])


def totals(browser: FlaskClient) -> tuple[int, int]:
    return total(browser, "received"), total(browser, "merged")


def split_texts(*titles: str) -> dict[str, str]:
    return {
        f"parts-{number}-{name}": title
        for number, title in enumerate(titles)
        for name in DIVIDED_FIELDS
    }


def test_c4_officer_splits_one_merges_two_and_undoes_the_merge(app: Flask, world: World) -> None:
    original, target, absorbed = (make_in_review(world) for _ in range(3))
    db.session.commit()
    browser = enter(app, "officer1")
    found = [totals(browser)]

    for step in (split_one, merge_two, undo_the_merge):
        step(browser)
        found.append(totals(browser))

    db.session.expire_all()
    assert found == [(3, 3), (3, 4), (3, 3), (3, 4)]
    assert (absorbed.state, absorbed.merged_into_id) == (State.IN_REVIEW, None)
    assert (original.title, target.state) == ("鍵の貸出", State.IN_REVIEW)


def split_one(browser: FlaskClient) -> None:
    form = browser.get("/proposals/R6-0001/split")
    more = browser.post(
        "/proposals/R6-0001/split",
        data={**fields_of(form), **split_texts("鍵の貸出", "会議室の予約"), "add": "1"},
    )
    refused = browser.post(
        "/proposals/R6-0001/split",
        data={**fields_of(form), **split_texts("鍵の貸出", "")},
    )
    done = browser.post(
        "/proposals/R6-0001/split",
        data={**fields_of(form), **split_texts("鍵の貸出", "会議室の予約"), "reason": "二つ"},
    )

    assert (more.status_code, more.text.count("件目（")) == (200, 3)
    assert refused.status_code == 422
    assert "2件目の提案概要を入力してください" in refused.text
    assert done.location == "/proposals/R6-0001"
    assert browser.get("/proposals/R6-0001-2").status_code == 200
    assert "R6-0001から分割した提案です" in browser.get("/proposals/R6-0001-2").text


def merge_two(browser: FlaskClient) -> None:
    form = browser.get("/proposals/R6-0002/merge?with=R6-0003")
    sent = {**fields_of(form), "numbers": "R6-0003", "reason": "同じ内容のため"}
    preview = browser.post("/proposals/R6-0002/merge", data={**sent, "preview": "1"})
    merged = browser.post(
        "/proposals/R6-0002/merge", data={**sent, "seen": fields_of(preview)["seen"]}
    )

    assert preview.status_code == 200
    assert "担当（officer1）を外します。" in preview.text
    assert merged.location == "/proposals/R6-0002"
    assert "R6-0003を統合" in browser.get("/proposals/R6-0002").text
    assert "R6-0002に統合されています" in browser.get("/proposals/R6-0003").text
    assert browser.get("/proposals/R6-0003/assess").status_code in (403, 409)
    assert "R6-0003" in browser.get("/proposals?q=R6-0003").text


def undo_the_merge(browser: FlaskClient) -> None:
    form = browser.get("/proposals/R6-0003/unmerge")
    undone = browser.post(
        "/proposals/R6-0003/unmerge", data={**fields_of(form), "reason": "別の内容のため"}
    )

    assert undone.location == "/proposals/R6-0003"


def test_confirmation_without_the_preview_shows_the_preview(app: Flask, world: World) -> None:
    target, absorbed = make_submitted(world), make_submitted(world)
    db.session.commit()
    browser = enter(app, "officer1")
    sent = {"version": target.version, "numbers": "R6-0002", "reason": "同じ"}

    page = browser.post("/proposals/R6-0001/merge", data={**sent, "seen": "99:1"})

    assert (page.status_code, absorbed.state) == (200, State.SUBMITTED)
    assert "統合すると起こること" in page.text


def test_case_hidden_by_a_conflict_is_not_found_like_one_that_does_not_exist(
    app: Flask, world: World
) -> None:
    target, hidden = make_submitted(world), make_submitted(world)
    declare_conflict(world["officer1"], proposal=hidden)
    db.session.commit()
    browser = enter(app, "officer1")
    sent = {"version": target.version, "reason": "同じ", "preview": "1"}

    pages = [
        browser.post("/proposals/R6-0001/merge", data={**sent, "numbers": number})
        for number in ("R6-0002", "R6-9999")
    ]

    assert [page.status_code for page in pages] == [422, 422]
    for page, number in zip(pages, ("R6-0002", "R6-9999"), strict=True):
        assert f"「{number}」は見つかりません。" in page.text


def test_body_learns_the_result_and_nothing_of_the_other_case(app: Flask, world: World) -> None:
    target, absorbed = make_classified(world), make_submitted(world)
    other = make_local_government("90203", "丙寅市", OrgType.CITY)
    target.organization, target.title = other, "ほかの団体の提案概要"
    db.session.commit()
    lead = enter(app, "lead")
    form = lead.get("/proposals/R6-0001/merge")
    sent = {**fields_of(form), "numbers": "R6-0002", "reason": "同じ内容のため"}
    preview = lead.post("/proposals/R6-0001/merge", data={**sent, "preview": "1"})
    lead.post("/proposals/R6-0001/merge", data={**sent, "seen": fields_of(preview)["seen"]})
    body = enter(app, "city")
    meanwhile = [body.get(f"/proposals/R6-0002{tab}").text for tab in ("", "/history")]
    meanwhile.append(body.get("/proposals").text)
    close(target, Close(version=target.version, outcome_text="検討します。"), actor=world["lead"])
    db.session.commit()

    told = body.get("/proposals/R6-0002").text

    db.session.expire_all()
    assert absorbed.state is State.MERGED
    for page in (*meanwhile, told):
        assert not any(words in page for words in ("R6-0001", "丙寅市", "ほかの団体の提案概要"))
    assert "審査中" in meanwhile[0]
    assert "結果通知済み" in told
    assert "検討します。" in told


def test_old_form_about_a_case_merged_meanwhile_is_told_so(app: Flask, world: World) -> None:
    make_in_review(world), make_submitted(world)
    db.session.commit()
    browser, lead = enter(app, "officer1"), enter(app, "lead")
    old = browser.get("/proposals/R6-0001/split")
    form = lead.get("/proposals/R6-0002/merge")
    sent = {**fields_of(form), "numbers": "R6-0001", "reason": "同じ"}
    preview = lead.post("/proposals/R6-0002/merge", data={**sent, "preview": "1"})
    lead.post("/proposals/R6-0002/merge", data={**sent, "seen": fields_of(preview)["seen"]})

    late = browser.post(
        "/proposals/R6-0001/split",
        data={**fields_of(old), **split_texts("一", "二"), "reason": "二つ"},
    )

    assert late.status_code == 409
    assert "ほかの提案に統合しました" in late.text


def test_duplicate_is_recorded_and_taken_back(app: Flask, world: World) -> None:
    first, second = make_submitted(world), make_submitted(world)
    db.session.commit()
    browser = enter(app, "officer1")
    sent = {"version": second.version, "numbers": first.receipt_number, "reason": "同じ"}

    done = browser.post("/proposals/R6-0002/duplicate", data=sent)
    pages = [browser.get(f"/proposals/{number}").text for number in ("R6-0001", "R6-0002")]
    found = re.search(r"/proposals/R6-0001/duplicate/([0-9]+)/undo", pages[0])
    assert found is not None
    undone = browser.post(found[0], data={"version": first.version, "reason": "別"})
    body = enter(app, "city").get("/proposals/R6-0001").text

    assert done.location == "/proposals/R6-0002"
    assert all("R6-0002はR6-0001と重複" in page for page in pages)
    assert undone.location == "/proposals/R6-0001"
    assert "と重複" not in browser.get("/proposals/R6-0001").text
    assert "重複" not in body


def test_receipt_number_with_a_branch_is_searched_and_exported(app: Flask, world: World) -> None:
    make_in_review(world)
    make_submitted(world)
    db.session.commit()
    browser = enter(app, "officer1")
    form = browser.get("/proposals/R6-0001/split")
    texts = split_texts("鍵の貸出", "会議室の予約")
    browser.post("/proposals/R6-0001/split", data={**fields_of(form), **texts, "reason": "二つ"})

    lists = {
        text: NUMBER.findall(browser.get(f"/proposals?q={text}").text)
        for text in ("R6-0001-2", "r6-0001", "0001-2", "2")
    }
    view = view_of(world["officer1"], world.round, with_contact=False)
    exported = [row["receipt_number"] for row in export_table(world.round, view).rows]

    assert lists == {
        "R6-0001-2": ["R6-0001-2"],
        "r6-0001": ["R6-0001", "R6-0001-2"],
        "0001-2": ["R6-0001-2"],
        "2": ["R6-0002"],
    }
    assert exported == ["R6-0001", "R6-0001-2", "R6-0002"]
    assert folded_number("ｒ6－0001－2") == "R6-0001-2"
