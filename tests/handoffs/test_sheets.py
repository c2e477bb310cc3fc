"""Replies on a sheet, out and back (Excelで回答する; H5)."""

import io
import os
import re
from html import unescape

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.audit.models import AuditEvent
from app.handoffs.lifecycle import move_handoff
from app.handoffs.models import Handoff, Reply
from app.handoffs.queries import current_reply
from app.handoffs.services.draft import SaveReply, Seen, save_reply
from app.handoffs.services.recall import take_back_handoff
from app.workflow.handoffs import HandoffAction, HandoffState, ReplyKind, ReplyStatus
from tests.accounts.browser import enter
from tests.factories import World, make_classified, make_handoff, make_world

# The first row below the header, as Excel counts.
FIRST = 7
# 50 in the trial by hand; few by default, because each is a whole case.
ROWS = int(os.environ.get("SHEET_ROWS", "4"))
TEXT = "制度の改正が要るため、対応は困難です。"


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def taken(world: World) -> Handoff:
    return make_handoff(world, make_classified(world), state=HandoffState.ACKNOWLEDGED)


def saved_sheet(browser: FlaskClient) -> bytes:
    page = browser.get("/handoffs/sheet").text
    boxes = re.findall(r'name="chosen" value="(\d+)"', page)
    return browser.post("/handoffs/sheet/download", data={"chosen": boxes}).data


def edited(content: bytes, edits: dict[int, dict[str, object]]) -> bytes:
    """The sheet with cells written anew, by row counted from 0 and by label."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.active
    assert sheet is not None
    labels = [cell.value for cell in next(sheet.iter_rows(min_row=FIRST - 1, max_row=FIRST - 1))]
    for row, cells in edits.items():
        for label, value in cells.items():
            sheet.cell(FIRST + row, labels.index(label) + 1).value = value
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def sent(browser: FlaskClient, content: bytes, name: str = "回答の表.xlsx") -> TestResponse:
    return browser.post("/handoffs/sheet", data={"file": (io.BytesIO(content), name)})


def take(browser: FlaskClient, page: TestResponse, step: str) -> TestResponse:
    rows = unescape(re.findall(r'name="rows" value="(.*?)"', page.text, re.DOTALL)[0])
    return browser.post("/handoffs/sheet/take", data={"rows": rows, "step": step})


def events(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def problems(page: TestResponse) -> list[str]:
    return re.findall(r'<span class="muted">([A-Z]+\d+)</span></td><td>(.*?)</td>', page.text)


def test_unchanged_sheet_does_nothing(app: Flask, world: World, db_session: Session) -> None:
    handoff = taken(world)
    command = SaveReply(
        seen=Seen(1, 0), kind=ReplyKind.DIFFICULT, text="一行目\n\n=二行目", planned_on=None
    )
    save_reply(handoff, command, actor=world["ministry"])
    browser = enter(app, "coordinator")
    content = saved_sheet(browser)
    before = events(db_session)

    page = sent(browser, content)

    assert page.status_code == 200
    assert "変更はありません" in page.text
    assert 'name="rows"' not in page.text
    assert events(db_session) == before


def test_only_the_rows_that_were_written_change_anything(
    app: Flask, world: World, db_session: Session
) -> None:
    handoffs = [taken(world) for _ in range(ROWS)]
    browser = enter(app, "coordinator")
    content = saved_sheet(browser)
    written = edited(
        content,
        {
            0: {"回答の種別": "対応困難", "回答": TEXT},
            ROWS - 1: {
                "回答の種別": "検討する",
                "回答": "検討します。",
                "予定日": "令和99年3月31日",
            },
        },
    )

    before = events(db_session)
    page = sent(browser, written)
    kept = take(browser, page, "draft")

    replies = [current_reply(row) for row in handoffs]
    assert (page.status_code, kept.status_code) == (200, 302)
    assert [row and (row.kind, row.text, row.status) for row in replies] == [
        (ReplyKind.DIFFICULT, TEXT, ReplyStatus.DRAFT),
        *[None] * (ROWS - 2),
        (ReplyKind.WILL_CONSIDER, "検討します。", ReplyStatus.DRAFT),
    ]
    assert events(db_session) - before == 2
    assert "変更はありません" in sent(browser, written).text


def test_coordinator_sends_from_the_sheet_and_an_officer_does_not(app: Flask, world: World) -> None:
    handoff = taken(world)
    officer, coordinator = enter(app, "ministry"), enter(app, "coordinator")
    written = edited(saved_sheet(officer), {0: {"回答の種別": "対応困難", "回答": TEXT}})

    refused = take(officer, sent(officer, written), "send")
    before = handoff.state
    done = take(coordinator, sent(coordinator, written), "send")

    assert (refused.status_code, before) == (422, HandoffState.ACKNOWLEDGED)
    assert (done.status_code, handoff.state) == (302, HandoffState.ANSWERED)
    reply = current_reply(handoff)
    assert reply is not None
    assert (reply.status, reply.text) == (ReplyStatus.SENT, TEXT)


def test_stale_row_is_refused_with_the_newer_text(
    app: Flask, world: World, db_session: Session
) -> None:
    handoff, other = taken(world), taken(world)
    browser = enter(app, "ministry")
    written = edited(saved_sheet(browser), {0: {"回答": "古い表の文"}, 1: {"回答": "別の文"}})
    looked_at = sent(browser, written)
    newer = SaveReply(seen=Seen(1, 0), kind=None, text="画面で書いた新しい文", planned_on=None)
    save_reply(handoff, newer, actor=world["coordinator"])
    db_session.commit()

    page = sent(browser, written)
    late = take(browser, looked_at, "draft")

    assert (page.status_code, late.status_code) == (422, 409)
    for shown in (page.text, late.text):
        assert "画面で書いた新しい文" in shown
        assert "古い表の文" in shown
    assert current_reply(other) is None


def test_each_wrong_cell_is_named_and_nothing_is_kept(
    app: Flask, world: World, db_session: Session
) -> None:
    for _ in range(6):
        taken(world)
    foreign = make_handoff(
        world,
        make_classified(world),
        to=world["digital-coord"].organization,
        state=HandoffState.ACKNOWLEDGED,
    )
    browser = enter(app, "coordinator")
    written = edited(
        saved_sheet(browser),
        {
            0: {"回答の種別": "たぶん"},
            1: {"回答": "あ" * 1001},
            2: {"予定日": "来年の春"},
            3: {"送付番号": foreign.id, "回答": TEXT},
            4: {"版": 7, "回答": TEXT},
            5: {"受付番号": "R6-9999", "回答": TEXT},
        },
    )

    page = sent(browser, written)

    assert page.status_code == 422
    assert [place for place, _ in problems(page)] == ["I7", "J8", "K9", "N10", "A10", "N11", "B12"]
    assert 'name="rows"' not in page.text
    assert db_session.scalar(select(func.count(Reply.id))) == 0


def test_recalled_and_answered_hand_offs_are_refused_in_words(
    app: Flask, world: World, db_session: Session
) -> None:
    recalled, answered = taken(world), taken(world)
    browser = enter(app, "coordinator")
    untouched = saved_sheet(browser)
    written = edited(untouched, {0: {"回答": TEXT}, 1: {"回答": TEXT}})
    for login in ("lead", "coordinator"):
        db_session.refresh(world[login])
    take_back_handoff(recalled, "送付先の誤り", actor=world["lead"])
    move_handoff(answered, HandoffAction.ANSWER, actor=world["coordinator"])

    page = sent(browser, written)

    assert page.status_code == 422
    assert [place for place, _ in problems(page)] == ["A7", "J8"]
    assert "変更はありません" in sent(browser, untouched).text


def test_sheet_survives_without_validations_as_csv(app: Flask, world: World) -> None:
    handoff = taken(world)
    browser = enter(app, "ministry")
    book = openpyxl.load_workbook(io.BytesIO(saved_sheet(browser)))
    assert book.active is not None
    rows = [[cell.value or "" for cell in row] for row in book.active.iter_rows(min_row=FIRST - 1)]
    rows[1][8:11] = ["対応困難", TEXT, "R99.3.31"]
    text = "\r\n".join(",".join(f'"{cell}"' for cell in row) for row in rows)

    kept = take(browser, sent(browser, text.encode("cp932"), "回答.csv"), "draft")

    reply = current_reply(handoff)
    assert kept.status_code == 302
    assert reply is not None
    assert (reply.kind, reply.text) == (ReplyKind.DIFFICULT, TEXT)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("回答.xlsx", b"no workbook", ""),
        ("回答.csv", "送付番号,回答\r\n1,文\r\n".encode(), "がありません"),
        ("回答.csv", "件名,内容\r\n1,文\r\n".encode(), "見出し"),
        ("回答.docx", b"x", ""),
    ],
)
def test_file_that_is_no_sheet_is_refused(
    app: Flask, world: World, name: str, content: bytes, words: str
) -> None:
    page = sent(enter(app, "ministry"), content, name)

    assert page.status_code == 422
    assert words in page.text
    assert "field-error" in page.text


def test_sheet_of_five_thousand_rows_is_refused_by_the_limit(app: Flask, world: World) -> None:
    labels = "送付番号,受付番号,回答の種別,回答,予定日,回答の回,版,照合"
    content = "\r\n".join([labels, *["1,R6-0001,,文,,1,0,x"] * 5000]).encode()

    page = sent(enter(app, "ministry"), content, "回答.csv")

    assert page.status_code == 422
    assert "400行までです（5,000行あります）" in page.text


def test_garbled_rows_are_refused(app: Flask, world: World) -> None:
    browser = enter(app, "ministry")

    statuses = [
        browser.post("/handoffs/sheet/take", data={"rows": rows, "step": "draft"}).status_code
        for rows in ("", "{", "[]", "[1]", '[{"number": 1, "cells": {}}]', "[" * 5000)
    ]

    assert statuses == [422] * 6
