"""What is handed out on request, and what is in none of its bytes (情報公開)."""

import hashlib
import io
import re
import zipfile
import zlib
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.core.errors import IllegalTransition, InvalidInput, NotAllowed, StaleVersion
from app.disclosure import bundle
from app.disclosure.models import (
    DisclosureRequest,
    DisclosureStatus,
    Ground,
    RecordKind,
)
from app.disclosure.redaction import redacted_text
from app.disclosure.services import (
    Decide,
    HideWords,
    OpenRequest,
    Withhold,
    approve,
    ask_approval,
    hand_out,
    hide_words,
    open_request,
    send_back,
    withhold,
)
from app.extensions import db
from app.proposals.models import AttachmentKind, Proposal
from app.proposals.services.attachments import (
    AddAttachments,
    Upload,
    add_attachments,
    receive_uploads,
)
from app.proposals.services.submission import Submit, submit
from tests.accounts.browser import enter
from tests.factories import (
    World,
    declare_conflict,
    make_accepted,
    make_closed,
    make_draft,
    make_submitted,
)
from tests.files.documents import hidden_workbook

CANARY = "秘密の鍵番号"


def make_request(world: World, *proposals: Proposal) -> DisclosureRequest:
    command = OpenRequest(
        number="令6-12",
        received_on=date(2024, 8, 19),
        receipt_numbers=[proposal.reference for proposal in proposals],
    )
    return open_request(command, actor=world["officer1"])


def hide(world: World, request: DisclosureRequest, words: str) -> int:
    command = HideWords(
        version=request.version, words=words, ground=Ground.PERSON, records=request.records
    )
    return hide_words(request, command, actor=world["officer1"])


def approved(world: World, request: DisclosureRequest) -> DisclosureRequest:
    ask_approval(request, Decide(version=request.version), actor=world["officer1"])
    approve(request, Decide(version=request.version), actor=world["lead"])
    return request


def test_request_gathers_the_records_of_its_cases_and_is_due_in_30_days(world: World) -> None:
    proposal = make_closed(world)
    # The trail is sealed, and read, from the commit on.
    db.session.commit()

    request = make_request(world, proposal)

    kinds = {row.kind for row in request.records}
    history = next(row.text for row in request.records if row.kind is RecordKind.HISTORY)
    assert request.due_on == date(2024, 9, 18)
    assert kinds == {
        RecordKind.TEXT,
        RecordKind.DECISION,
        RecordKind.LETTER,
        RecordKind.HISTORY,
    }
    assert "事務局 総括　結果を知らせて終了しました" in history
    for name in ("officer1", "officer2", "lead", "city"):
        assert name not in history


def test_hidden_words_are_in_no_byte_of_the_bundle(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposal = make_submitted(world, detail=f"{CANARY}と{CANARY}", title=f"鍵{CANARY}")
    request = make_request(world, proposal)
    written: list[str] = []
    to_pdf = bundle.to_pdf
    monkeypatch.setattr(
        bundle, "to_pdf", lambda document: (written.append(str(document)), to_pdf(document))[1]
    )

    count = hide(world, request, CANARY)
    content = hand_out(approved(world, request), actor=world["officer2"])

    with zipfile.ZipFile(io.BytesIO(content)) as members:
        names = members.namelist()
        held = {name: members.read(name) for name in names}
    assert count >= 3
    assert names == ["開示文書.pdf", "不開示部分一覧.csv", "SHA256SUMS"]
    assert "■■■■（5条1号）と■■■■（5条1号）" in written[0]
    for text in (CANARY, "鍵番号"):
        assert text not in written[0]
        for code in ("utf-8", "utf-16-be", "utf-16-le", "cp932"):
            needle = text.encode(code)
            hexed = needle.hex().encode()
            for member in [*held.values(), *streams(held["開示文書.pdf"])]:
                assert needle not in member
                assert hexed not in member.lower()
    rows = held["不開示部分一覧.csv"].decode("utf-8-sig").splitlines()
    assert len(rows) == count + 1
    assert "5条1号（個人に関する情報）" in rows[1]


def streams(pdf: bytes) -> list[bytes]:
    """Contents of a PDF as they are read: its compressed streams, unpacked."""
    found = []
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(packed))
        except zlib.error:
            continue
    assert found
    return found


def test_mark_tells_no_length_and_words_are_hidden_once(world: World) -> None:
    request = make_request(world, make_submitted(world, detail="短い。とても長い語句。"))
    text = next(row for row in request.records if row.kind is RecordKind.TEXT)

    hide(world, request, "とても長い語句")
    hide(world, request, "短い")
    with pytest.raises(InvalidInput, match="誤り"):
        hide(world, request, "長い語")

    assert "■■■■（5条1号）。■■■■（5条1号）。" in redacted_text(text)


def test_withheld_record_leaves_its_ground_alone(world: World) -> None:
    request = make_request(world, make_closed(world))
    opinion = next(row for row in request.records if row.label.startswith("仕分け意見"))

    command = Withhold(version=request.version, ground=Ground.DELIBERATION)
    withhold(request, opinion, command, actor=world["officer1"])

    assert redacted_text(opinion) == "■■■■（5条5号）（全部不開示）"
    assert [row["place"] for row in bundle.withheld_list(request).rows] == ["全部"]


def test_p29_second_person_approves_and_nothing_goes_out_before(world: World) -> None:
    request = make_request(world, make_submitted(world))
    ask_approval(request, Decide(version=request.version), actor=world["lead"])

    with pytest.raises(IllegalTransition, match="承認した後"):
        hand_out(request, actor=world["officer1"])
    with pytest.raises(NotAllowed):
        approve(request, Decide(version=request.version), actor=world["lead"])
    with pytest.raises(NotAllowed):
        approve(request, Decide(version=request.version), actor=world["officer2"])
    with pytest.raises(IllegalTransition, match="作成中ではありません"):
        hide(world, request, "鍵")
    request.status = DisclosureStatus.APPROVED
    request.approved_by_id, request.approved_at = request.asked_by_id, request.asked_at

    with pytest.raises(IntegrityError, match="two_people"), db.session.begin_nested():
        db.session.flush()


def test_change_after_the_approval_needs_another_one(world: World) -> None:
    request = approved(world, make_request(world, make_submitted(world)))
    seen = request.version

    send_back(request, Decide(version=seen), actor=world["officer1"])

    with pytest.raises(IllegalTransition):
        hand_out(request, actor=world["officer1"])
    with pytest.raises(StaleVersion):
        ask_approval(request, Decide(version=seen), actor=world["officer1"])


def test_unknown_and_hidden_cases_are_refused_alike(app: Flask, world: World) -> None:
    proposal = make_accepted(world)
    make_request(world, proposal)
    declare_conflict(world["officer2"], proposal=proposal)
    db.session.commit()
    officer = enter(app, "officer2")
    data = {"number": "令6-13", "received_on": "令和6年8月19日", "cases": "R6-0001、R6-0099"}

    page = officer.post("/disclosures/new", data=data)

    assert page.status_code == 422
    assert "「R6-0001」は見つかりません" in page.text
    assert "「R6-0099」は見つかりません" in page.text
    assert "令6-12" not in officer.get("/disclosures").text
    assert officer.get("/disclosures/1").status_code == 404
    assert db.session.scalars(select(DisclosureRequest.number)).all() == ["令6-12"]


def test_pages_lead_from_the_request_to_the_file(app: Flask, world: World) -> None:
    make_submitted(world)
    db.session.commit()
    officer, lead = enter(app, "officer1"), enter(app, "lead")
    data = {"number": "令6-14", "received_on": "令和6年8月19日", "cases": "R6-0001"}

    address = officer.post("/disclosures/new", data=data).location
    version = {"version": version_on(officer.get(address).text)}
    hidden = officer.post(
        f"{address}/hide",
        data={**version, "words": "体育館", "ground": "operation", "scope": "all"},
    )
    missing = officer.post(
        f"{address}/hide",
        data={
            "version": version_on(officer.get(address).text),
            "words": "体育館",
            "ground": "operation",
            "scope": "all",
        },
    )
    for who, step in ((officer, "ask-approval"), (lead, "approve"), (officer, "bundle")):
        answer = who.post(f"{address}/{step}", data={"version": version_on(who.get(address).text)})

    assert hidden.status_code == 302
    assert missing.status_code == 422
    assert "この語句は文書にありません" in missing.text
    assert answer.status_code == 200
    assert zipfile.ZipFile(io.BytesIO(answer.data)).testzip() is None


def attach(proposal: Proposal, world: World, *files: tuple[str, bytes]) -> None:
    uploads = [Upload(name, io.BytesIO(content)) for name, content in files]
    received = receive_uploads(proposal, uploads, actor=world["city"])
    command = AddAttachments(
        version=proposal.version, kind=AttachmentKind.REFERENCE, field="", files=received
    )
    add_attachments(proposal, command, actor=world["city"])


def test_bundle_has_the_files_handed_out_and_none_that_is_withheld(world: World) -> None:
    proposal = make_draft(world)
    attach(proposal, world, ("甲子市の別紙.csv", b"open,1\n"), ("b.csv", b"secret,2\n"))
    submit(proposal, Submit(version=proposal.version), actor=world["city-mgr"])
    request = make_request(world, proposal)
    files = [row for row in request.records if row.kind is RecordKind.ATTACHMENT]

    command = Withhold(version=request.version, ground=Ground.CORPORATION)
    withhold(request, files[1], command, actor=world["officer1"])
    content = hand_out(approved(world, request), actor=world["officer1"])

    with zipfile.ZipFile(io.BytesIO(content)) as members:
        held = {name: members.read(name) for name in members.namelist()}
    number = proposal.receipt_number
    assert list(held) == [
        "開示文書.pdf",
        "不開示部分一覧.csv",
        f"{number}_添付1.csv",
        "SHA256SUMS",
    ]
    assert held[f"{number}_添付1.csv"] == b"open,1\n"
    assert all(b"secret" not in member for member in held.values())
    assert "添付2,全部,5条2号" in held["不開示部分一覧.csv"].decode("utf-8-sig")
    for line in held["SHA256SUMS"].decode().splitlines():
        checksum, name = line.split("  ")
        assert checksum == hashlib.sha256(held[name]).hexdigest()


def test_page_tells_what_a_file_does_not_show(app: Flask, world: World) -> None:
    proposal = make_draft(world)
    attach(proposal, world, ("a.xlsx", hidden_workbook()), ("b.csv", b"1,2\n"))
    submit(proposal, Submit(version=proposal.version), actor=world["city-mgr"])
    request = make_request(world, proposal)
    db.session.commit()

    page = enter(app, "officer1").get(f"/disclosures/{request.id}").text

    assert page.count("見えない内容があります") == 1
    assert "隠しシート「原価」" in page


def version_on(page: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert found, page
    return found[1]
