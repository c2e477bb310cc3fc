"""The screens of imports and exports (取込み・出力の画面)."""

import io
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl.utils import get_column_letter
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.audit.models import AuditEvent
from app.exchange.models import ImportRun, ImportStage
from app.exchange.services import imports
from app.proposals.models import Proposal
from tests.accounts.browser import enter
from tests.exchange.tables import cells_of, complete, csv_of, titles, trail_length, with_cell
from tests.factories import World, make_draft, make_submitted

OWN = "/proposals/import"


def send(browser: FlaskClient, *files: tuple[str, bytes], round_key: str = "R6") -> TestResponse:
    chosen = [(io.BytesIO(content), name) for name, content in files]
    answer = browser.post(OWN, data={"round": round_key, "files": chosen})
    # The client lets a large body lie in a temporary file.
    answer.request.environ["wsgi.input"].close()
    return answer


def good(count: int = 1) -> tuple[str, bytes]:
    return ("表.csv", csv_of([complete(提案概要=f"題{number}") for number in range(count)]))


def figures_of(page: TestResponse) -> dict[str, str]:
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)<small>", page.text)
    return {label: value.strip() for label, value in found}


def errors_of(page: TestResponse) -> list[str]:
    return [unescape(words) for words in re.findall(r"＊(.*?)</p>", page.text)]


def verbs(session: Session, since: int) -> list[str]:
    statement = select(AuditEvent.verb).where(AuditEvent.seq > since).order_by(AuditEvent.seq)
    return list(session.scalars(statement))


# --- Sending in -----------------------------------------------------------------------------------


def test_page_offers_form_and_table_and_writes_nothing(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")
    before = trail_length(db_session)

    page = browser.get(OWN)

    assert page.status_code == 200
    assert 'href="/rounds/R6/form.xlsx"' in page.text
    assert trail_length(db_session) == before


def test_sent_file_is_checked_and_nothing_is_saved(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")

    answer = send(browser, good(2))
    page = browser.get(answer.location)

    run = db_session.scalars(select(ImportRun)).one()
    assert (answer.status_code, answer.location) == (302, f"{OWN}/{run.id}")
    assert figures_of(page) == {
        "誤り": "0",
        "新しい下書き": "2",
        "変わる提案": "0",
        "変更なし": "0",
    }
    assert "UTF-8（BOM付き）" in page.text
    assert titles(db_session) == []


def test_pressing_the_button_saves_and_leads_to_the_drafts(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")
    place = send(browser, good(2)).location
    before = trail_length(db_session)

    answer = browser.post(f"{place}/commit")
    page = browser.get(answer.location)

    assert titles(db_session) == ["題0", "題1"]
    assert verbs(db_session, before) == ["proposal.draft", "proposal.draft", "import.commit"]
    draft_ids = db_session.scalars(select(Proposal.id).order_by(Proposal.id)).all()
    links = re.findall(r'href="/proposals/drafts/(\d+)"', page.text)
    assert [int(found) for found in links] == draft_ids


def test_p34_pressing_again_says_so_and_saves_nothing(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")
    place = send(browser, good(2)).location

    for _ in range(3):
        answer = browser.post(f"{place}/commit", follow_redirects=True)

    assert "二重には取り込みません" in answer.text
    assert titles(db_session) == ["題0", "題1"]


def test_errors_are_listed_and_there_is_no_button_to_save(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")
    row = complete(視点="大事", 所管府省庁="<b>無い省</b>")

    place = send(browser, ("表.csv", csv_of([row]))).location
    page = browser.get(place)
    refused = browser.post(f"{place}/commit")

    assert figures_of(page)["誤り"] == "2"
    assert "&lt;b&gt;無い省&lt;/b&gt;" in page.text
    assert f"{place}/commit" not in page.text
    assert (refused.status_code, titles(db_session)) == (409, [])


def test_rows_come_back_with_their_errors_beside_them(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")
    place = send(browser, ("表.csv", csv_of([complete(視点="大事"), complete()]))).location
    before = trail_length(db_session)

    answer = browser.post(f"{place}/errors")

    header, wrong, fine = cells_of(answer.data)
    assert header[:4] == ["取込みの誤り", "ファイル", "シート", "行"]
    assert str(wrong[0]).startswith("視点（F2）：視点は ⅰ、ⅱ、ⅲ")
    assert (fine[0], wrong[3], fine[3]) == ("", 2, 3)
    assert wrong[header.index("視点")] == "大事"
    assert verbs(db_session, before) == ["import.export_errors"]


def test_mended_file_with_the_error_column_is_taken(
    app: Flask, world: World, db_session: Session
) -> None:
    browser = enter(app, "city")
    place = send(browser, ("表.csv", csv_of([complete(視点="大事")]))).location
    content = browser.post(f"{place}/errors").data
    column = get_column_letter(cells_of(content)[0].index("視点") + 1)

    mended = with_cell(content, f"{column}2", "ⅱ")
    page = browser.get(send(browser, ("直した表.xlsx", mended)).location)

    assert (figures_of(page)["誤り"], figures_of(page)["新しい下書き"]) == ("0", "1")
    assert "気を付けること" not in page.text


def test_change_is_shown_letter_by_letter(app: Flask, world: World, db_session: Session) -> None:
    draft = make_draft(world, title="鍵の貸出し")
    db_session.commit()
    browser = enter(app, "city")
    rows = [{"下書きID": str(draft.id), "提案概要": "鍵の予約と貸出し"}]

    page = browser.get(send(browser, ("表.csv", csv_of(rows))).location)

    assert re.findall(r"<ins>.*?</span>(.*?)<span", page.text) == ["予約と"]
    assert "<del>" not in page.text.split("difference-key")[1].split("</p>", 1)[1]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "取り込むファイルを選んでください"),
        ([("表.xls", b"x")], "この形式（.xls）は読み取れません"),
        ([("表.xlsx", b"PK")], "表.xlsx："),
        ([("表.csv", b"\x00\x01")], "表.csv："),
        ([("表.csv", b"a,b\n1,2\n")], "見出しの行が見つかりません"),
        ([("表.csv", b"")], "表.csv：ファイルが空です"),
        ([good(), ("b.csv", b"a,b")], "b.csv：見出しの行が見つかりません"),
        ([good()] * 101, "一度に送れるのは100個までです"),
        ([("表.csv", b"a" * (10 * 1024 * 1024 + 1))], "1つのファイルは10MBまでです"),
    ],
)
def test_bad_file_is_refused_in_words_and_nothing_is_kept(
    app: Flask, world: World, db_session: Session, files: list[tuple[str, bytes]], words: str
) -> None:
    page = send(enter(app, "city"), *files)

    assert page.status_code == 422
    assert words in errors_of(page)[0]
    assert db_session.scalars(select(ImportRun)).all() == []


def test_too_many_rows_for_the_screen_are_refused(
    app: Flask, world: World, db_session: Session
) -> None:
    content = "提案概要,提案詳細\n".encode() + "題,詳細\n".encode() * 2001

    page = send(enter(app, "city"), ("表.csv", content))

    assert errors_of(page) == ["一度に取り込めるのは2,000行までです。分けて送ってください"]


def test_unknown_round_is_refused(app: Flask, world: World) -> None:
    page = send(enter(app, "city"), good(), round_key="R9")

    assert (page.status_code, errors_of(page)) == (422, ["募集回を選んでください"])


def test_p25_another_body_finds_no_import(app: Flask, world: World) -> None:
    place = send(enter(app, "city"), good()).location
    browser = enter(app, "other-mgr")

    for path in (place, f"{OWN}/999"):
        assert browser.get(path).status_code == 404
        assert browser.post(f"{path}/commit").status_code == 404
        assert browser.post(f"{path}/errors").status_code == 404
    assert enter(app, "city-mgr").get(place).status_code == 200


@pytest.mark.parametrize("asked", ["0", "2", "-1", "x", "９", "99999999999999999999"])
def test_odd_page_numbers_are_no_fault(app: Flask, world: World, asked: str) -> None:
    browser = enter(app, "city")
    place = send(browser, good()).location

    assert browser.get(f"{place}?page={asked}").status_code == 200


def test_long_lists_have_pages(app: Flask, world: World) -> None:
    browser = enter(app, "city")
    place = send(browser, good(150)).location

    first, second = (browser.get(f"{place}?page={number}").text for number in (1, 2))

    assert (first.count('<th scope="row">題'), second.count('<th scope="row">題')) == (100, 50)
    assert f"{place}?page=2" in first


# --- Long imports ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        (ImportStage.WAITING, "確かめています"),
        (ImportStage.CHECKING, "のうち1行まで確かめました"),
        (ImportStage.COMMITTING, "取り込んでいます"),
    ],
)
def test_moving_import_shows_its_progress_and_refreshes(
    app: Flask, world: World, db_session: Session, stage: ImportStage, words: str
) -> None:
    browser = enter(app, "city")
    place = send(browser, good(3)).location
    run = db_session.scalars(select(ImportRun)).one()
    run.stage, run.rows_done = stage, 1
    db_session.commit()

    page = browser.get(place)

    assert (page.headers["Refresh"], page.status_code) == ("3", 200)
    assert words in page.text


def test_import_at_rest_does_not_refresh(app: Flask, world: World) -> None:
    browser = enter(app, "city")

    page = browser.get(send(browser, good()).location)

    assert "Refresh" not in page.headers


def test_failed_import_says_why(app: Flask, world: World, db_session: Session) -> None:
    browser = enter(app, "city")
    place = send(browser, good()).location
    run = db_session.scalars(select(ImportRun)).one()
    run.stage, run.failure = ImportStage.FAILED, "電源が切れました。"
    db_session.commit()

    assert "電源が切れました。" in browser.get(place).text


def test_long_import_waits_for_the_background(
    app: Flask, world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.exchange.routes.imports.ROWS_AT_ONCE", 2)
    monkeypatch.setattr(imports, "ROWS_AT_ONCE", 2)
    browser = enter(app, "city")

    page = browser.get(send(browser, good(3)).location)

    run = db_session.scalars(select(ImportRun)).one()
    assert (run.stage, run.rows_total) == (ImportStage.WAITING, 3)
    assert "確認の順番待ち" in page.text


# --- Taking out -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "ending"), [("xlsx", "xlsx"), ("csv", "csv"), ("csv-cp932", "csv"), ("jsonl", "jsonl")]
)
def test_export_is_a_file_and_leaves_an_entry(
    app: Flask, world: World, db_session: Session, form: str, ending: str
) -> None:
    make_submitted(world)
    db_session.commit()
    browser = enter(app, "city")
    before = trail_length(db_session)

    answer = browser.post("/proposals/export", data={"round": "R6", "format": form})

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="R6_proposals_20240820.{ending}"; '
        f"filename*=UTF-8''R6_%E6%8F%90%E6%A1%88_20240820.{ending}"
    )
    entry = db_session.scalars(select(AuditEvent).where(AuditEvent.seq > before)).one()
    assert (entry.verb, entry.subject_type) == ("round.export_proposals", "round")
    assert entry.changes == {
        "round": "R6",
        "format": form,
        "proposals": 1,
        "with_contact": True,
    }


def test_letters_that_cp932_cannot_carry_are_shown_first(
    app: Flask, world: World, db_session: Session
) -> None:
    make_draft(world, title="𠮷野")
    db_session.commit()
    browser = enter(app, "city")
    asked = {"round": "R6", "format": "csv-cp932"}
    before = trail_length(db_session)

    page = browser.post("/proposals/export", data=asked)
    between = trail_length(db_session)
    answer = browser.post("/proposals/export", data={**asked, "replace": "y"})

    assert page.status_code == 422
    assert "U+20BB7" in page.text
    assert between == before
    assert "〓野".encode("cp932") in answer.data


@pytest.mark.parametrize("login", ["officer1", "lead", "auditor", "city-mgr"])
def test_readers_see_the_page_of_the_export(app: Flask, world: World, login: str) -> None:
    assert enter(app, login).get("/proposals/export?round=R6").status_code == 200


@pytest.mark.parametrize("values", [{"format": "pdf"}, {"round": "R9"}])
def test_export_of_nothing_known_is_refused(
    app: Flask, world: World, values: dict[str, str]
) -> None:
    asked = {"round": "R6", "format": "csv", **values}

    assert enter(app, "lead").post("/proposals/export", data=asked).status_code == 422


@pytest.mark.parametrize("login", ["city", "lead", "observer"])
def test_form_of_a_round_is_a_file(app: Flask, world: World, login: str) -> None:
    answer = enter(app, login).get("/rounds/R6/form.xlsx")

    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data.startswith(b"PK\x03\x04")


def test_form_of_an_unknown_round_is_not_found(app: Flask, world: World) -> None:
    assert enter(app, "city").get("/rounds/R9/form.xlsx").status_code == 404
