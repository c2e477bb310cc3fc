"""The screens of the attachments (添付の画面), and the hostile set through the upload (P31)."""

import hashlib
import os
import re
import time
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core.storage import StorageFailure, store
from app.core.storage.folder import FolderStore
from app.files.models import StoredFile, Verdict
from app.files.services import look_for_viruses
from app.proposals.attachment_queries import current_attachments
from app.proposals.models import Attachment, Proposal
from app.proposals.services.submission import Submit, submit
from tests.accounts.browser import CHANCE, enter, let_in
from tests.factories import World, make_draft, make_returned, make_submitted, make_world
from tests.files.browser import post_files
from tests.files.documents import csv_table, docx, jpeg, pdf, png, xlsx
from tests.files.hostile import GOOD, REFUSED_GROUPS, WITH_VIRUS, Hostile
from tests.files.scanners import fake_clamd
from tests.files.scanning import use_scanner
from tests.files.test_gate_names import HOSTILE_NAMES

LONGEST_SECONDS = 5.0
# One in so many of each hostile group goes through the upload, or all (UPLOADS=all); each of them
# goes through the gate itself, in tests/files.
SHARE = 1 if os.environ.get("UPLOADS") == "all" else 4


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


@pytest.fixture
def draft(world: World, db_session: Session) -> Proposal:
    draft = make_draft(world)
    db_session.commit()
    return draft


@pytest.fixture
def browser(client: FlaskClient, draft: Proposal) -> FlaskClient:
    let_in(client, "city")
    return client


def page_of(draft: Proposal) -> str:
    return f"/proposals/drafts/{draft.id}/attachments"


def upload(
    browser: FlaskClient,
    draft: Proposal,
    *files: tuple[str, bytes],
    kind: str = "reference",
    field: str = "",
    version: int | None = None,
) -> TestResponse:
    fields = {
        "version": draft.version if version is None else version,
        "kind": kind,
        "field": field,
    }
    return post_files(browser, page_of(draft), files, fields)


def only(draft: Proposal) -> Attachment:
    (found,) = current_attachments(draft)
    return found


def address(attachment: Attachment, verb: str = "") -> str:
    return f"/proposals/attachments/{attachment.file.public_id}{verb}"


def errors_of(page: TestResponse) -> list[str]:
    return [unescape(words) for words in re.findall(r"＊(.*?)</p>", page.text)]


def download(browser: FlaskClient, attachment: Attachment) -> TestResponse:
    return browser.get(address(attachment), buffered=True)


# --- Adding -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("別紙.xlsx", xlsx()),
        ("別紙.docx", docx()),
        ("別紙.pdf", pdf()),
        ("表.csv", csv_table()),
        ("図.png", png()),
        ("写真.jpg", jpeg()),
    ],
)
def test_p31_good_file_comes_back_unchanged(
    browser: FlaskClient, draft: Proposal, name: str, content: bytes
) -> None:
    answer = upload(browser, draft, (name, content))

    attachment = only(draft)
    served = download(browser, attachment)
    assert (answer.status_code, answer.location) == (302, page_of(draft))
    assert attachment.file.name == name
    assert attachment.file.sha256 == hashlib.sha256(content).hexdigest()
    assert served.data == content


def test_several_files_come_in_one_post(browser: FlaskClient, draft: Proposal) -> None:
    upload(browser, draft, ("a.pdf", pdf()), ("b.png", png()), kind="annex", field="effect")

    page = browser.get(page_of(draft)).text

    assert [row.field for row in current_attachments(draft)] == ["effect", "effect"]
    assert "2ファイル、合計" in page
    for row in current_attachments(draft):
        assert row.file.sha256 in page


def test_page_says_the_limits_before_anything_is_chosen(
    browser: FlaskClient, draft: Proposal
) -> None:
    page = browser.get(page_of(draft)).text

    assert "xlsx、docx、pdf、csv、png、jpeg。1ファイル20MB、合計60MB、20ファイルまで。" in page
    assert f'data-file-limit="{20 << 20}"' in page
    assert "multiple" in page


def test_one_bad_file_keeps_all_out_and_both_are_named(
    browser: FlaskClient, draft: Proposal, db_session: Session
) -> None:
    page = upload(browser, draft, ("a.pdf", pdf()), ("b.zip", b"PK"), ("c.pdf", b""))

    assert page.status_code == 422
    assert [words.partition("：")[0] for words in errors_of(page)] == ["「b.zip」", "「c.pdf」"]
    assert db_session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_nothing_chosen_is_said(browser: FlaskClient, draft: Proposal) -> None:
    page = upload(browser, draft, ("", b""))

    assert page.status_code == 422
    assert errors_of(page) == ["ファイルを選んでください"]


@pytest.mark.parametrize(
    ("kind", "field", "words"),
    [
        ("annex", "", "どの項目の続きかを選んでください"),
        ("annex", "zz", "どの項目の続きかを選んでください"),
        ("zz", "", "添付の種類を選んでください"),
    ],
)
def test_kind_and_field_are_checked(
    browser: FlaskClient, draft: Proposal, kind: str, field: str, words: str
) -> None:
    page = upload(browser, draft, ("a.pdf", pdf()), kind=kind, field=field)

    assert page.status_code == 422
    assert errors_of(page) == [words]
    assert current_attachments(draft) == []


def test_same_post_again_changes_nothing(browser: FlaskClient, draft: Proposal) -> None:
    version = draft.version
    upload(browser, draft, ("a.pdf", pdf()))

    again = upload(browser, draft, ("b.pdf", pdf()), version=version)

    assert again.status_code == 409
    assert only(draft).file.name == "a.pdf"


def test_page_without_room_left_says_so(
    browser: FlaskClient, draft: Proposal, db_session: Session
) -> None:
    draft.round.attachment_count_limit = 1
    db_session.commit()
    upload(browser, draft, ("a.pdf", pdf()))

    page = browser.get(page_of(draft)).text

    assert "上限まで添付しています" in page
    assert 'type="file"' not in page


# --- From the form and back ---------------------------------------------------------------------


def test_form_leads_to_the_files_and_loses_nothing(browser: FlaskClient, draft: Proposal) -> None:
    form = browser.get(f"/proposals/drafts/{draft.id}").text

    section = form.split('id="attachments"')[1]
    assert 'value="attach"' in section
    assert 'form="proposal-form"' in section
    assert "別紙として添付できます" in section


def test_saving_step_goes_on_to_the_files(browser: FlaskClient, draft: Proposal) -> None:
    data = {"version": draft.version, "title": "直した概要", "step": "attach"}

    answer = browser.post(f"/proposals/drafts/{draft.id}", data=data)

    assert (answer.status_code, answer.location) == (302, page_of(draft))
    assert draft.title == "直した概要"


def test_new_proposal_is_saved_before_files_are_added(
    browser: FlaskClient, draft: Proposal, db_session: Session
) -> None:
    page = browser.get("/proposals/new").text

    answer = browser.post(
        "/proposals/new", data={"title": "新しい", "round": "R6", "step": "attach"}
    )

    made = db_session.scalars(select(Proposal).where(Proposal.title == "新しい")).one()
    assert "下書きに保存してから添付の画面を開きます" in page
    assert (answer.status_code, answer.location) == (302, page_of(made))


# --- Replacing and removing ---------------------------------------------------------------------


def test_replacing_asks_for_one_file_and_keeps_the_place(
    browser: FlaskClient, draft: Proposal
) -> None:
    upload(browser, draft, ("a.pdf", pdf()), kind="annex", field="detail")
    old = only(draft)
    page = browser.get(address(old, "/replace"))

    answer = post_files(
        browser, address(old, "/replace"), [("b.png", png())], {"version": draft.version}
    )

    assert page.status_code == 200
    assert (answer.status_code, answer.location) == (302, page_of(draft))
    assert (only(draft).file.name, only(draft).version_number) == ("b.png", 2)
    assert old.removed_at is not None


def test_bad_replacement_leaves_the_old_file(browser: FlaskClient, draft: Proposal) -> None:
    upload(browser, draft, ("a.pdf", pdf()))
    attachment = only(draft)

    page = post_files(
        browser, address(attachment, "/replace"), [("b.exe", b"MZ")], {"version": draft.version}
    )
    nothing = post_files(browser, address(attachment, "/replace"), [], {"version": draft.version})

    assert (page.status_code, nothing.status_code) == (422, 422)
    assert errors_of(nothing) == ["ファイルを選んでください"]
    assert only(draft) is attachment


def test_removing_asks_first(browser: FlaskClient, draft: Proposal) -> None:
    upload(browser, draft, ("a.pdf", pdf()))
    attachment = only(draft)

    question = browser.get(address(attachment, "/remove"))
    before = len(current_attachments(draft))
    answer = browser.post(address(attachment, "/remove"), data={"version": draft.version})
    again = browser.post(address(attachment, "/remove"), data={"version": draft.version})

    assert "この添付を外しますか" in question.text
    assert before == 1
    assert (answer.status_code, answer.location) == (302, page_of(draft))
    assert current_attachments(draft) == []
    assert again.status_code == 409


def test_submitted_case_offers_no_change(
    browser: FlaskClient, draft: Proposal, world: World, db_session: Session
) -> None:
    upload(browser, draft, ("a.pdf", pdf()))
    submit(draft, Submit(version=draft.version), actor=world["city-mgr"])
    db_session.commit()
    attachment = only(draft)

    shown = [
        browser.get(path)
        for path in (
            page_of(draft),
            address(attachment, "/remove"),
            address(attachment, "/replace"),
        )
    ]
    posted = upload(browser, draft, ("b.pdf", pdf()))

    assert [answer.location for answer in shown] == ["/proposals/R6-0001"] * 3
    assert posted.status_code == 409


def test_returned_case_takes_files_at_its_number(
    world: World, client: FlaskClient, db_session: Session
) -> None:
    proposal = make_returned(world)
    db_session.commit()
    let_in(client, "city")
    path = f"/proposals/{proposal.receipt_number}/attachments"

    page = client.get(path)
    answer = post_files(
        client,
        path,
        [("a.pdf", pdf())],
        {"version": proposal.version, "kind": "reference", "field": ""},
    )

    assert page.status_code == 200
    assert (answer.status_code, answer.location) == (302, path)
    assert only(proposal).file.name == "a.pdf"


# --- Where files are seen -----------------------------------------------------------------------


def test_both_sides_see_the_hash_and_get_the_file(
    app: Flask, browser: FlaskClient, draft: Proposal, world: World, db_session: Session
) -> None:
    upload(browser, draft, ("別紙.pdf", pdf()), kind="annex", field="hardship_case")
    checked = browser.get(f"/proposals/drafts/{draft.id}/check").text
    submit(draft, Submit(version=draft.version), actor=world["city-mgr"])
    db_session.commit()
    attachment = only(draft)
    sha256 = attachment.file.sha256
    officer = enter(app, "officer1")

    pages = [
        checked,
        browser.get("/proposals/R6-0001").text,
        browser.get("/proposals/R6-0001/receipt").text,
        officer.get("/proposals/R6-0001").text,
    ]
    served = [download(browser, attachment).data, download(officer, attachment).data]

    for page in pages:
        assert sha256 in page
        assert "別紙.pdf" in page
    assert served == [pdf(), pdf()]


def test_case_without_files_says_so(world: World, client: FlaskClient, db_session: Session) -> None:
    make_submitted(world)
    db_session.commit()
    let_in(client, "officer1")

    assert "添付なし" in client.get("/proposals/R6-0001").text


@pytest.mark.parametrize("login", ["other", "other-mgr", "officer1", "lead", "auditor"])
def test_p25_file_of_anothers_draft_answers_like_a_missing_one(
    app: Flask, browser: FlaskClient, draft: Proposal, login: str
) -> None:
    upload(browser, draft, ("a.pdf", pdf()))
    stranger = enter(app, login)

    answers = [
        stranger.get(path, buffered=True)
        for path in (address(only(draft)), "/proposals/attachments/no-such-file")
    ]

    told = [CHANCE.sub("", answer.text) for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert told[0] == told[1]


@pytest.mark.parametrize("login", ["other", "other-mgr"])
def test_p25_another_body_changes_no_file(
    app: Flask, browser: FlaskClient, draft: Proposal, login: str
) -> None:
    upload(browser, draft, ("a.pdf", pdf()))
    stranger = enter(app, login)
    attachment = only(draft)

    statuses = [
        upload(stranger, draft, ("b.pdf", pdf())).status_code,
        stranger.post(address(attachment, "/remove")).status_code,
        post_files(stranger, address(attachment, "/replace"), [("b.pdf", pdf())]).status_code,
    ]

    assert statuses == [404, 404, 404]
    assert only(draft) is attachment


@pytest.mark.parametrize("public_id", ["%00", "%F0%9F%98%80", "..%2F..%2Fetc", "x" * 5000])
def test_odd_id_of_a_file_is_no_fault(browser: FlaskClient, public_id: str) -> None:
    assert browser.get(f"/proposals/attachments/{public_id}").status_code == 404


# --- P32, P33 -----------------------------------------------------------------------------------


def test_p32_headers_of_a_download(browser: FlaskClient, draft: Proposal) -> None:
    upload(browser, draft, ("別紙.pdf", pdf()))

    headers = download(browser, only(draft)).headers

    assert {
        name: headers[name]
        for name in (
            "Content-Type",
            "Content-Disposition",
            "Content-Security-Policy",
            "X-Content-Type-Options",
            "Cache-Control",
            "Cross-Origin-Resource-Policy",
        )
    } == {
        "Content-Type": "application/pdf",
        "Content-Disposition": 'attachment; filename="file.pdf"; '
        "filename*=UTF-8''%E5%88%A5%E7%B4%99.pdf",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=ascii)
def test_p32_hostile_name_through_the_upload(
    browser: FlaskClient, draft: Proposal, name: str
) -> None:
    answer = upload(browser, draft, (name, pdf()))

    assert answer.status_code in (302, 422)
    for attachment in current_attachments(draft):
        served = download(browser, attachment)
        assert served.status_code == 200
        assert served.headers["Content-Disposition"].isprintable()


@pytest.mark.parametrize(
    ("verdict", "label"),
    [(Verdict.WAITING, "検査中"), (Verdict.INFECTED, "ブロック"), (Verdict.FAILED, "検査不能")],
)
def test_p33_file_that_is_not_clean_is_shown_and_not_handed_out(
    browser: FlaskClient, draft: Proposal, db_session: Session, verdict: Verdict, label: str
) -> None:
    upload(browser, draft, ("a.pdf", pdf()))
    stored = only(draft).file
    stored.verdict = verdict
    stored.scanned_at = None if verdict is Verdict.WAITING else stored.uploaded_at
    db_session.commit()

    page = browser.get(page_of(draft)).text
    served = download(browser, only(draft))

    assert label in page
    assert address(only(draft)) + '"' not in page
    assert served.status_code == 403
    assert served.data != pdf()
    assert "開けません" in served.text


@pytest.mark.parametrize("hostile", WITH_VIRUS, ids=lambda row: row.id)
def test_p33_virus_is_blocked_behind_the_gate(
    app: Flask,
    browser: FlaskClient,
    draft: Proposal,
    monkeypatch: pytest.MonkeyPatch,
    db_session: Session,
    hostile: Hostile,
) -> None:
    with fake_clamd() as clamd:
        use_scanner(app, monkeypatch, clamd.setting)
        upload(browser, draft, (hostile.name, hostile.build()), ("clean.pdf", pdf()))
        waiting = [download(browser, row).status_code for row in current_attachments(draft)]

        look_for_viruses()()
        db_session.commit()

    scanned = [download(browser, row).status_code for row in current_attachments(draft)]
    assert waiting == [403, 403]
    assert scanned == [403, 200]
    assert [row.file.verdict for row in current_attachments(draft)] == [
        Verdict.INFECTED,
        Verdict.CLEAN,
    ]


# --- The hostile set through the upload ---------------------------------------------------------


@pytest.mark.parametrize("hostile", GOOD, ids=lambda row: row.id)
def test_p31_upload_of_a_good_file(browser: FlaskClient, draft: Proposal, hostile: Hostile) -> None:
    content = hostile.build()

    answer = upload(browser, draft, (hostile.name, content))

    assert answer.status_code == 302
    assert download(browser, only(draft)).data == content


@pytest.mark.parametrize("group", REFUSED_GROUPS)
def test_p31_upload_of_hostile_files(browser: FlaskClient, draft: Proposal, group: str) -> None:
    faults = {}

    for hostile in REFUSED_GROUPS[group][::SHARE]:
        content = hostile.build()
        started = time.perf_counter()
        answer = upload(browser, draft, (hostile.name, content))
        seconds = time.perf_counter() - started
        said = errors_of(answer)
        is_right = answer.status_code == 422 and hostile.reason in said[0]
        if not is_right or seconds > LONGEST_SECONDS:
            faults[hostile.id] = (answer.status_code, said, seconds)

    assert faults == {}
    assert current_attachments(draft) == []


# --- When something is out of order -------------------------------------------------------------


def test_p02_damaged_content_is_an_error_page_not_a_file(
    browser: FlaskClient, draft: Proposal
) -> None:
    upload(browser, draft, ("a.csv", b"one of a kind\n"))
    attachment = only(draft)
    store().delete(attachment.file.sha256)

    answer = download(browser, attachment)

    assert answer.status_code == 503
    assert "ファイルの保管庫が使えない" in answer.text
    assert "Content-Disposition" not in answer.headers


def test_p02_store_that_fails_saves_nothing(
    browser: FlaskClient,
    draft: Proposal,
    db_session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> tuple[str, int]:
        raise StorageFailure("the disk is full")

    monkeypatch.setattr(FolderStore, "put", fail)

    answer = upload(browser, draft, ("a.pdf", pdf()))

    assert answer.status_code == 503
    assert db_session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_post_after_the_session_has_ended_is_told(app: Flask, draft: Proposal) -> None:
    stranger = app.test_client()

    assert upload(stranger, draft, ("a.pdf", pdf())).status_code == 401


def test_two_tabs_that_add_at_once_end_in_words(browser: FlaskClient, draft: Proposal) -> None:
    version = draft.version

    answers = [
        upload(browser, draft, (name, pdf()), version=version).status_code
        for name in ("a.pdf", "b.pdf")
    ]

    assert answers == [302, 409]
