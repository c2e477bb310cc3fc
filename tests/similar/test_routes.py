"""The screens of the similar cases (似た提案の画面)."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core import clock
from app.proposals.models import Proposal
from app.proposals.services.drafts import start_draft
from app.proposals.services.submission import Submit, submit
from app.similar.forms import DIFFERENCE_LIMIT
from app.similar.queries import notes_of
from tests.accounts.browser import enter
from tests.factories import (
    World,
    make_closed,
    make_draft,
    make_in_review,
    make_submitted,
    make_world,
)

NOW = clock.jst(2024, 8, 20, 10)
TITLE = "公共施設の鍵を貸し出す業務"
CANARY = "暗証番号カナリア"


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def numbers_in(page: TestResponse) -> list[str]:
    return re.findall(r'<span class="receipt-number">(.*?)</span>', page.text)


def errors_of(page: TestResponse) -> list[str]:
    return [unescape(words) for words in re.findall(r"＊(.*?)</p>", page.text)]


def note_address(proposal: Proposal) -> str:
    return f"/similar/proposals/{proposal.id}"


def typed(similar: Proposal, difference: str, version: object = 0) -> dict[str, object]:
    return {"similar_proposal_id": similar.id, "difference": difference, "version": version}


# --- Finding --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/similar", "/similar/part"])
def test_page_and_part_show_the_same_cases(app: Flask, world: World, path: str) -> None:
    closed = make_closed(world)

    page = enter(app, "city").get(path, query_string={"title": TITLE})

    assert (page.status_code, numbers_in(page)) == (200, [closed.receipt_number])
    assert "「公共施設」" in page.text
    assert closed.outcome_text in page.text


def test_part_is_no_whole_page(app: Flask, world: World) -> None:
    make_submitted(world)

    part = enter(app, "city").get("/similar/part", query_string={"title": TITLE})

    assert "<html" not in part.text


def test_part_leaves_out_the_proposal_itself(app: Flask, world: World) -> None:
    draft = make_draft(world)

    part = enter(app, "city").get(
        "/similar/part", query_string={"title": TITLE, "proposal": draft.id}
    )

    assert numbers_in(part) == []
    assert "似た提案は見つかりませんでした" in part.text


@pytest.mark.parametrize("query", ["", "?title=", "?title=%25_", "?title=%E3%80%80", "?proposal=x"])
@pytest.mark.parametrize("path", ["/similar", "/similar/part"])
def test_odd_titles_are_no_fault(app: Flask, world: World, path: str, query: str) -> None:
    make_submitted(world)

    page = enter(app, "city").get(path + query)

    assert (page.status_code, numbers_in(page)) == (200, [])


def test_part_for_a_foreign_draft_tells_nothing_of_it(app: Flask, world: World) -> None:
    draft = make_draft(world, title=f"{TITLE}{CANARY}")
    other = enter(app, "other")

    pages = [
        other.get("/similar/part", query_string={"title": TITLE, "proposal": number}).text
        for number in (draft.id, 9999)
    ]

    assert pages[0] == pages[1]
    assert CANARY not in pages[0]


@pytest.mark.parametrize("login", ["officer1", "admin", "ministry", "observer"])
def test_finding_is_for_bodies(app: Flask, world: World, login: str) -> None:
    page = enter(app, login).get("/similar", query_string={"title": TITLE})

    assert page.status_code == 403


def test_form_leads_to_the_page_and_to_the_part(app: Flask, world: World) -> None:
    draft = make_draft(world)
    city = enter(app, "city")

    fresh, saved = (
        city.get(path).text for path in ("/proposals/new", f"/proposals/drafts/{draft.id}")
    )

    assert 'href="/similar" target="_blank"' in fresh
    assert f'href="{note_address(draft)}" target="_blank"' in saved
    assert f'data-similar="/similar/part" data-similar-proposal="{draft.id}"' in saved


# --- The difference -------------------------------------------------------------------------------


def test_difference_is_saved_and_shown_on_the_check_page(app: Flask, world: World) -> None:
    similar, draft = make_submitted(world), make_draft(world)
    city = enter(app, "city")

    sent = city.post(note_address(draft), data=typed(similar, "学校を含む。"))
    again = city.get(sent.location)
    checked = city.get(f"/proposals/drafts/{draft.id}/check")

    assert (sent.status_code, sent.location) == (302, note_address(draft))
    assert ">学校を含む。</textarea>" in again.text
    assert "違いは　学校を含む。" in checked.text


@pytest.mark.parametrize("page", ["", "/form-check"])
def test_difference_reaches_the_secretariat(app: Flask, world: World, page: str) -> None:
    similar, draft = make_submitted(world), make_draft(world)
    enter(app, "city").post(note_address(draft), data=typed(similar, "学校を含む。"))
    submit(draft, Submit(version=draft.version), actor=world["city-mgr"])

    seen = enter(app, "officer1").get(f"/proposals/{draft.receipt_number}{page}")

    assert seen.status_code == 200
    assert "違いは　学校を含む。" in seen.text


def test_too_long_difference_stays_in_the_field(app: Flask, world: World) -> None:
    similar, draft = make_submitted(world), make_draft(world)
    long = "あ" * (DIFFERENCE_LIMIT + 1)

    page = enter(app, "city").post(note_address(draft), data=typed(similar, long))

    assert page.status_code == 422
    assert errors_of(page) == ["違いは400文字以内で入力してください（1文字超えています）"]
    assert long in page.text


@pytest.mark.parametrize("similar_id", ["", "x", "-1", "99999999999999999999"])
def test_odd_case_is_no_fault(app: Flask, world: World, similar_id: str) -> None:
    draft = make_draft(world)

    page = enter(app, "city").post(
        note_address(draft), data={"similar_proposal_id": similar_id, "difference": "x"}
    )

    assert page.status_code == 422
    assert notes_of(draft) == []


def test_second_writer_keeps_the_text(app: Flask, world: World) -> None:
    similar, draft = make_submitted(world), make_draft(world)
    enter(app, "city").post(note_address(draft), data=typed(similar, "一つ目"))

    page = enter(app, "city-mgr").post(note_address(draft), data=typed(similar, "二つ目の長い違い"))

    assert page.status_code == 409
    assert "二つ目の長い違い" in page.text


def test_noted_case_stays_though_the_title_finds_it_no_more(app: Flask, world: World) -> None:
    similar, draft = make_submitted(world), make_draft(world)
    city = enter(app, "city")
    city.post(note_address(draft), data=typed(similar, "学校を含む。"))
    draft.title = "戸籍の附票"

    page = city.get(note_address(draft))

    assert numbers_in(page) == [similar.receipt_number]


@pytest.mark.parametrize("login", ["other", "other-mgr"])
def test_foreign_and_missing_proposals_answer_alike(app: Flask, world: World, login: str) -> None:
    draft = make_draft(world)
    browser = enter(app, login)

    for method in ("GET", "POST"):
        statuses = [
            browser.open(f"/similar/proposals/{number}", method=method).status_code
            for number in (draft.id, 9999)
        ]
        assert statuses == [404, 404]


def test_submitted_proposal_leads_to_its_page(app: Flask, world: World) -> None:
    case = make_in_review(world)

    answered = enter(app, "city").get(note_address(case))

    assert (answered.status_code, answered.location) == (302, f"/proposals/{case.receipt_number}")


def test_canary_of_another_body_reaches_no_list(app: Flask, world: World) -> None:
    content = world.content(title=f"{TITLE}{CANARY}", detail=CANARY)
    foreign = start_draft(world.round, content, actor=world["other"])
    submit(foreign, Submit(version=foreign.version), actor=world["other-mgr"])
    draft = make_draft(world)
    city = enter(app, "city")

    pages = [
        city.get("/similar", query_string={"title": TITLE}),
        city.get("/similar/part", query_string={"title": TITLE}),
        city.get(note_address(draft)),
    ]

    assert [CANARY in page.text for page in pages] == [False] * 3
    assert [foreign.receipt_number in page.text for page in pages] == [False] * 3
