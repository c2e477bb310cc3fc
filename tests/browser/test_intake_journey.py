"""From the first question to a received proposal (事前相談から受理まで), as the people do it.

The prefecture signs off what it submits, and a city proposes with it.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from app.core.documents import write_pdf
from tests.browser.conftest import Visitor

Visit = Callable[..., Visitor]

SUBJECT = "土木施設の通報を受け付ける仕組みの共通化"
QUESTION = "道路や河川の損傷の通報を、団体ごとの仕組みで受けている。提案の対象になるか。"
ANSWER = "対象になります。通報の件数と、今の仕組みの費用が分かると検討しやすくなります。"
TEXTS = {
    "requested_measure": "通報を受け付け、担当へ振り分ける共通の仕組みを用意してほしい。",
    "hardship_case": "団体の境にある道路の通報が、二つの団体の間を行き来している。",
    "effect": "通報から着手までの日数が短くなる。",
    "contact_department": "道路管理課",
}
REASONS = ("通報の件数を書いてください。", "費用の内訳を別紙で示してください。")
CORRECTED = "通報から着手までの日数が、平均9日から4日に短くなる。"


@pytest.fixture
def papers(tmp_path: Path) -> list[Path]:
    """Two files to attach: a table and a document."""
    table = tmp_path / "通報件数.xlsx"
    workbook = openpyxl.Workbook()
    workbook.active.append(["年度", "件数"])
    workbook.active.append(["令和5年度", 4210])
    workbook.save(table)
    paper = tmp_path / "別紙.pdf"
    words = {"heading": "別紙", "number": "", "rows": [["内容", "通報の流れ"]], "files": []}
    rest = {"revision": 1, "content_sha256": "", "steps": [], "foot": ""}
    paper.write_bytes(write_pdf("receipt.typ", {**words, **rest}))
    return [table, paper]


@pytest.fixture
def signing_body(visit: Visit) -> Iterator[None]:
    """The prefecture signs off for the length of the test (決裁を使う)."""
    manager = visit("pref-mgr")
    choose_approval(manager, wanted=True)
    yield
    choose_approval(manager, wanted=False)


def choose_approval(manager: Visitor, *, wanted: bool) -> None:
    manager.open("/organization")
    manager.page.get_by_label("決裁を使う").set_checked(wanted)
    manager.look("body_settings")
    manager.press("設定を変える")


def consult(visit: Visit) -> Visitor:
    """Ask the secretariat, read its answer, make a draft of the thread; return the drafter."""
    drafter = visit("pref")
    drafter.open("/consultations/new")
    drafter.page.fill("#subject", SUBJECT)
    drafter.page.fill("#body", QUESTION)
    drafter.look("consultation_new")
    drafter.press("事務局に相談する")
    thread = drafter.page.url.removeprefix(drafter.base_url)

    officer = visit("officer1")
    officer.open("/consultations")
    officer.look("consultations_officer")
    officer.follow(SUBJECT)
    officer.page.fill("#body", ANSWER)
    officer.look("consultation_officer")
    officer.press("回答する")

    stranger = visit("city")
    stranger.open(thread)
    expect(stranger.page.locator("body")).not_to_contain_text(SUBJECT)

    drafter.open(thread)
    expect(drafter.page.locator("body")).to_contain_text(ANSWER)
    drafter.look("consultation_answered")
    drafter.press("提案の下書きにする")
    return drafter


def write(drafter: Visitor, papers: list[Path]) -> None:
    """Fill in the form, attach two files."""
    assert drafter.page.input_value("#title") == SUBJECT
    for name, text in TEXTS.items():
        drafter.page.fill(f"#{name}", text)
    drafter.page.get_by_label("ⅰ　新しい課題").check()
    drafter.look("intake_form")
    drafter.press("下書きを保存する")
    expect(drafter.page.get_by_text("まだ提出していません").first).to_be_visible()
    drafter.press("保存して添付へ進む")
    drafter.page.set_input_files("input[type=file]", papers)
    drafter.look("attachments_chosen")
    drafter.press("ファイルを添付する")
    expect(drafter.page.locator("main")).to_contain_text("通報件数.xlsx")
    drafter.look("attachments")
    drafter.follow("確認へ進む")


def ask_partner(visit: Visit, drafter: Visitor) -> None:
    """Ask the city to propose with us; its manager accepts."""
    check = drafter.page.url
    drafter.follow("ほかの団体に共同提案を依頼する")
    drafter.page.fill("#q", "甲子市")
    drafter.press("団体を探す")
    drafter.look("partners_found")
    drafter.page.get_by_role("button", name="共同提案を依頼する").first.click()
    drafter.look("partners")

    partner = visit("city-mgr")
    partner.open("/joint")
    partner.follow("内容を読んで答える")
    partner.look("joint_request")
    partner.page.get_by_label("共同提案に同意する", exact=True).check()
    partner.press("回答する")
    expect(partner.page.locator("main")).to_contain_text("同意")
    drafter.page.goto(check)


def sign_off(visit: Visit, drafter: Visitor) -> Visitor:
    """Ask for the approval; the manager approves and submits. Return the manager."""
    expect(drafter.page.get_by_role("button", name="決裁を求める")).to_be_visible()
    drafter.look("check_before_approval")
    drafter.press("決裁を求める")
    manager = visit("pref-mgr")
    manager.look("home_approver")
    waiting = manager.page.get_by_role("row", name=SUBJECT)
    waiting.get_by_role("link", name="内容を見て決裁する").click()
    manager.look("approval")
    manager.press("承認して提出する")
    return manager


def send_back(visit: Visit, number: str) -> None:
    """Return the case with two reasons in one letter."""
    officer = visit("officer1")
    officer.open(f"/proposals/{number}/form-check")
    expect(officer.page.get_by_role("link", name="通報件数.xlsx")).to_be_visible()
    officer.look("form_check_with_files")
    officer.page.get_by_text("2行目から").click()
    for position, (target, reason) in enumerate(
        zip(("制度改正の効果", "添付"), REASONS, strict=True)
    ):
        officer.page.select_option(f"#items-{position}-field", label=target)
        officer.page.fill(f"#items-{position}-reason", reason)
    officer.press("団体が読む文を確かめる")
    expect(officer.page.locator("#preview-panel")).to_contain_text(REASONS[0])
    expect(officer.page.locator("#preview-panel")).to_contain_text(REASONS[1])
    officer.look("correction_letter_preview")
    officer.press("団体へ差し戻す")


def correct(drafter: Visitor, number: str) -> None:
    """Correct what was asked for."""
    drafter.open(f"/proposals/{number}")
    drafter.look("case_returned_body")
    drafter.open(f"/proposals/{number}/edit")
    expect(drafter.page.locator("#wishes")).to_contain_text("2件")
    drafter.page.fill("#effect", CORRECTED)
    drafter.look("correction_form")
    drafter.press("保存して確認へ進む")


def accept(visit: Visit, number: str) -> None:
    """See what changed, tick the list off, accept."""
    officer = visit("officer1")
    officer.open("/triage")
    officer.follow("令和8年（操作練習）の仕分け")
    officer.look("queue_resubmitted")
    rows = officer.page.locator("main table").first.locator("tbody tr").all_inner_texts()
    back = [row for row in rows if "再提出" in row]
    assert rows[: len(back)] == back
    assert [row for row in back if number in row] != []
    officer.open(f"/proposals/{number}/form-check")
    expect(officer.page.locator("ins").first).to_be_visible()
    for choice in officer.page.get_by_label("良", exact=True).all():
        choice.check()
    officer.look("form_check_resubmitted")
    officer.press("受理する")
    officer.open(f"/proposals/{number}/revisions")
    officer.look("revisions")
    officer.open(f"/proposals/{number}")
    officer.look("case_accepted_intake")


@pytest.mark.usefixtures("signing_body")
def test_question_becomes_a_received_proposal(visit: Visit, papers: list[Path]) -> None:
    drafter = consult(visit)
    write(drafter, papers)
    ask_partner(visit, drafter)
    manager = sign_off(visit, drafter)
    manager.look("intake_receipt")
    number = manager.page.locator(".receipt-number").first.inner_text()
    receipt = manager.page.inner_text("main")

    send_back(visit, number)
    correct(drafter, number)
    sign_off(visit, drafter)
    accept(visit, number)

    assert re.fullmatch(r"R8-\d{4}", number)
    assert [word for word in ("起案", "決裁", "甲子市") if word not in receipt] == []
    assert len(re.findall(r"\b[0-9a-f]{64}\b", receipt)) == len(papers)
    partner = visit("city")
    partner.open(f"/proposals/{number}")
    partner.look("case_partner")
    expect(partner.page.locator("main")).not_to_contain_text(TEXTS["contact_department"])
