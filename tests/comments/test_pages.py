"""The screens of the comments (コメント・知らせの画面)."""

from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.comments.models import CommentAudience
from app.comments.queries import comments_on
from app.core import clock
from app.proposals.models import Proposal
from tests.accounts.browser import enter
from tests.comments.test_services import keep_away, say
from tests.factories import World, make_in_review, make_world

NOW = clock.jst(2024, 8, 20, 10)


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


@pytest.fixture
def case(world: World, db_session: Session) -> Proposal:
    found = make_in_review(world)
    db_session.commit()
    return found


def main_of(page: TestResponse) -> str:
    return unescape(page.text.split("<main")[1].split("</main>")[0])


def address(case: Proposal) -> str:
    return f"/proposals/{case.receipt_number}/comments"


def test_page_names_the_readers_of_each_audience(app: Flask, world: World, case: Proposal) -> None:
    page = enter(app, "officer1").get(address(case))

    assert page.status_code == 200
    for words in ("事務局 5人", "事務局 5人、送付先の府省庁 0人", "事務局 5人、甲子市 2人"):
        assert words in main_of(page)
    assert "コメントはまだありません" in main_of(page)


def test_internal_comment_is_written_at_once(app: Flask, world: World, case: Proposal) -> None:
    browser = enter(app, "officer1")

    answer = browser.post(address(case), data={"body": "確かめてください。"})

    [said] = comments_on(case, world["officer1"])
    assert answer.status_code == 302
    assert answer.location == f"{address(case)}#comment-{said.id}"
    assert (said.body, said.audience) == ("確かめてください。", CommentAudience.INTERNAL)


def test_wider_comment_shows_its_readers_first(app: Flask, world: World, case: Proposal) -> None:
    browser = enter(app, "officer1")
    typed = {"body": "照会の答えです。", "audience": "body", "mentioned_ids": world["lead"].id}

    asked = browser.post(address(case), data=typed)
    before = comments_on(case, world["officer1"])
    browser.post(address(case), data={**typed, "confirmed": "body"})

    assert asked.status_code == 200
    assert "事務局の外の人が読みます：事務局 5人、甲子市 2人" in main_of(asked)
    assert before == []
    [said] = comments_on(case, world["city"])
    assert (said.body, [row.user for row in said.mentions]) == (
        "照会の答えです。",
        [world["lead"]],
    )


def test_confirmation_of_one_audience_is_none_of_another(
    app: Flask, world: World, case: Proposal
) -> None:
    browser = enter(app, "officer1")

    asked = browser.post(
        address(case), data={"body": "内容", "audience": "body", "confirmed": "ministry"}
    )

    assert "まだ書いていません" in main_of(asked)
    assert comments_on(case, world["officer1"]) == []


def test_refused_comment_keeps_what_was_typed(app: Flask, world: World, case: Proposal) -> None:
    keep_away(world["officer2"], case)
    browser = enter(app, "officer1")

    empty = browser.post(address(case), data={"body": "　"})
    refused = browser.post(
        address(case), data={"body": "読んでください。", "mentioned_ids": world["officer2"].id}
    )

    assert (empty.status_code, refused.status_code) == (422, 422)
    assert "＊コメントを入力してください" in main_of(empty)
    assert "一覧にない人には知らせられません" in main_of(refused)
    assert "読んでください。</textarea>" in main_of(refused)
    assert comments_on(case, world["officer1"]) == []


def test_body_reads_what_was_said_to_it_without_names(
    app: Flask, world: World, case: Proposal
) -> None:
    say(case, world["officer1"], body="中だけの話")
    say(
        case, world["officer1"], body="団体への話", audience=CommentAudience.BODY, is_confirmed=True
    )

    page = enter(app, "city").get(address(case))
    stranger = enter(app, "other").get(address(case))

    assert "団体への話" in main_of(page)
    assert "中だけの話" not in page.text
    assert world["officer1"].display_name not in page.text
    assert stranger.status_code == 404


def test_widening_page_asks_with_the_readers(app: Flask, world: World, case: Proposal) -> None:
    said = say(case, world["officer1"])
    browser = enter(app, "officer1")
    page = f"{address(case)}/{said.id}/widen"

    asked = browser.get(page)
    unchosen = browser.post(page, data={"version": said.version})
    done = browser.post(page, data={"version": said.version, "audience": "body"})

    assert "事務局 5人、甲子市 2人" in main_of(asked)
    assert (unchosen.status_code, done.status_code) == (422, 302)
    assert comments_on(case, world["city"]) == [said]


def test_retraction_of_an_old_version_is_told(app: Flask, world: World, case: Proposal) -> None:
    said = say(case, world["officer1"])
    browser = enter(app, "officer1")
    page = f"{address(case)}/{said.id}/retract"

    stale = browser.post(page, data={"version": said.version + 1})
    done = browser.post(page, data={"version": said.version})

    assert (stale.status_code, done.status_code) == (409, 302)
    assert said.retracted_at is not None


def test_mentions_are_listed_and_marked_read(app: Flask, world: World, case: Proposal) -> None:
    said = say(case, world["officer1"], mentioned_ids=(world["officer2"].id,))
    browser = enter(app, "officer2")

    before = browser.get("/mentions")
    garbled = browser.post("/mentions/read", data={"comment_id": "９９"})
    foreign = browser.post("/mentions/read", data={"comment_id": said.id + 1})
    browser.post("/mentions/read", data={"comment_id": said.id})
    after = browser.get("/mentions")

    assert case.title in main_of(before)
    assert (garbled.status_code, foreign.status_code) == (302, 404)
    assert "新しい自分宛てのコメントはありません" in main_of(after)
    assert "読んだもの" in main_of(after)
