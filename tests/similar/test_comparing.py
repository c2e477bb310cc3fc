"""Two cases side by side, and the panel beside the text (並べて比べる・似た提案)."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock
from app.proposals.models import Proposal
from app.similar.comparison import Piece, comparison, marked
from app.similar.queries import verdict_on
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, make_in_review, make_submitted, make_world
from tests.similar.pairs import make_source_pair, source_text

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def address(first: Proposal, second: Proposal) -> str:
    return f"/proposals/{first.receipt_number}/compare/{second.receipt_number}"


def errors_of(text: str) -> list[str]:
    return [unescape(words) for words in re.findall(r"＊(.*?)</p>", text)]


def test_text_is_cut_at_the_longest_shared_words() -> None:
    pieces = marked("障害福祉の障害", ["障害", "障害福祉"])

    assert pieces == [Piece("障害福祉", True), Piece("の", False), Piece("障害", True)]
    assert (marked("", ["障害"]), marked("鍵", [])) == ([], [Piece("鍵", False)])


def test_facts_say_how_they_agree(world: World) -> None:
    law = "障害者の日常生活及び社会生活を総合的に支援するための法律第51条"
    first, second = make_source_pair(world, legal_basis=law)

    view = comparison(first, second, world["officer1"])

    assert {row.label: row.agreement for row in view.facts} == {
        "団体": "同じ",
        "募集回": "同じ",
        "府省庁": "同じ",
        "根拠法令": "法律は同じ",
        "視点": "同じ",
    }


def test_page_marks_words_and_keeps_a_verdict(app: Flask, world: World) -> None:
    first, second = make_source_pair(world)
    browser = enter(app, "officer1")

    page = browser.get(address(first, second))
    answer = browser.post(
        address(first, second),
        data={"verdict": "not_duplicate", "note": "対象が違う。", "version": "0"},
        follow_redirects=True,
    )

    assert "<mark>障害者総合支援法</mark>" in page.text
    assert "内容がほぼ同じ提案です" in page.text
    assert "を「重複ではない」と判定しました。" in answer.text
    found = verdict_on(first.id, second.id)
    assert found is not None
    undone = browser.post(f"{address(second, first)}/undo", data={"version": found.version})
    assert undone.status_code == 302
    assert verdict_on(first.id, second.id) is None


def test_verdict_without_a_reason_keeps_what_was_chosen(app: Flask, world: World) -> None:
    first, second = make_source_pair(world)

    page = enter(app, "officer1").post(
        address(first, second), data={"verdict": "suspected", "note": " ", "version": "0"}
    )

    assert (page.status_code, errors_of(page.text)) == (422, ["判定の理由を入力してください"])
    assert re.search(r'value="suspected"[^>]*checked|checked[^>]*value="suspected"', page.text)


@pytest.mark.parametrize("version", ["", "x", "7"])
def test_verdict_on_what_changed_meanwhile_is_refused(
    app: Flask, world: World, version: str
) -> None:
    first, second = make_source_pair(world)
    typed = {"verdict": "suspected", "note": "理由", "version": version}

    page = enter(app, "officer1").post(address(first, second), data=typed)

    assert page.status_code == 409
    assert verdict_on(first.id, second.id) is None


def test_pair_is_hidden_where_one_of_the_two_is(app: Flask, world: World) -> None:
    first, second = make_source_pair(world)
    declare_conflict(world["officer1"], proposal=second)
    browser = enter(app, "officer1")

    pages = [
        browser.get(address(first, second)),
        browser.get(address(second, first)),
        browser.get(f"/proposals/{first.receipt_number}/compare/R6-9999"),
        browser.get(address(first, first)),
    ]

    assert [page.status_code for page in pages] == [404] * 4


def test_auditor_reads_and_does_not_judge(app: Flask, world: World) -> None:
    first, second = make_source_pair(world)
    browser = enter(app, "auditor")

    page = browser.get(address(first, second))
    sent = browser.post(
        address(first, second), data={"verdict": "suspected", "note": "x", "version": "0"}
    )

    assert (page.status_code, "判定を残す" in page.text) == (200, False)
    assert sent.status_code == 403


@pytest.mark.parametrize("path", ["assess", "triage-record"])
def test_panel_stands_at_the_desk_and_on_the_tab(app: Flask, world: World, path: str) -> None:
    near = make_submitted(world, **source_text(229))
    case = make_in_review(world)
    case.title, case.detail = source_text(228).values()

    page = enter(app, "officer1").get(f"/proposals/{case.receipt_number}/{path}")

    assert f'href="{address(case, near)}"' in page.text
    assert "同じ語 「障害者総合支援法」" in page.text


def test_body_sees_no_panel(app: Flask, world: World) -> None:
    first, _ = make_source_pair(world)

    page = enter(app, "city").get(f"/proposals/{first.receipt_number}")

    assert (page.status_code, "並べて比べる" in page.text) == (200, False)
