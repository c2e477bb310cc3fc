"""The whole path in a browser: a city drafts and submits, the table counts it in the end."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor

Visit = Callable[..., Visitor]

# With a script and without one: the same title twice would be a duplicate of the body.
TITLES = {
    True: "学校体育館の夜間貸出に使う電子錠の共通化",
    False: "公民館の夜間貸出に使う電子錠の共通化",
}
TEXTS = {
    "detail": "夜間に貸し出す体育館の鍵を、窓口の開いている時間に手渡ししている。",
    "requested_measure": "予約と電子錠をつなぐ共通のシステムを用意してほしい。",
    "hardship_case": "利用者は鍵を受け取るために、仕事を休んで窓口に来ている。",
    "effect": "来庁が要らなくなり、鍵の貸出簿もなくせる。",
    "contact_department": "情報政策課",
}


def count_of(visitor: Visitor, code: str) -> int:
    """Read the count of a category off the classification table of the practice round."""
    visitor.open("/reports/classification?round=R8")
    row = visitor.page.locator("tr", has=visitor.page.locator(f".class-code:text-is('{code}')"))
    found = re.search(r"(\d+)件", row.inner_text())
    assert found is not None
    return int(found.group(1))


def draft_and_submit(visit: Visit, *, with_script: bool) -> str:
    """Write a proposal as the city's drafter, submit it as its manager; return its number."""
    title = TITLES[with_script]
    drafter = visit("city", with_script=with_script)
    drafter.follow("新しい提案")
    drafter.page.fill("#title", title)
    drafter.press("保存して確認へ進む")
    expect(drafter.page.locator(".error-summary h2")).to_have_text(
        "入力内容に5件のエラーがあります"
    )
    assert drafter.page.input_value("#title") == title
    drafter.look("proposal_form_errors")
    for name, text in TEXTS.items():
        drafter.page.fill(f"#{name}", text)
    drafter.page.get_by_label("ⅰ　新しい課題").check()
    drafter.look("proposal_form")
    drafter.press("保存して確認へ進む")
    drafter.look("proposal_check_drafter")
    assert drafter.page.get_by_role("button", name="提出する").count() == 0

    manager = visit("city-mgr", with_script=with_script)
    manager.look("home_city_manager")
    manager.follow(title)
    manager.press("保存して確認へ進む")
    manager.look("proposal_check_manager")
    manager.press("提出する")
    manager.look("proposal_receipt")
    return manager.page.locator(".receipt-number").first.inner_text()


def check_off(officer: Visitor) -> None:
    """Find every line of the form check by hand in order."""
    for choice in officer.page.get_by_label("良", exact=True).all():
        choice.check()


def accept(visit: Visit, number: str, *, with_script: bool) -> None:
    """Check the form as an officer."""
    officer = visit("officer1", with_script=with_script)
    officer.open(f"/proposals/{number}")
    officer.look("case_submitted")
    officer.open(f"/proposals/{number}/form-check")
    officer.press("受理する")
    expect(officer.page.locator(".error-summary")).to_be_visible()
    officer.look("form_check_open")
    check_off(officer)
    officer.look("form_check")
    officer.press("受理する")
    expect(officer.page.locator("body")).to_contain_text(f"{number}を受理しました")


def assign(visit: Visit, number: str, *, with_script: bool) -> None:
    """Give the case to officer 1 as the lead."""
    lead = visit("lead", with_script=with_script)
    lead.open(f"/proposals/{number}/assign")
    lead.page.get_by_label("仕分け担当1", exact=True).check()
    lead.look("assign")
    lead.press("割り当てる")


def assess(visit: Visit, number: str, *, with_script: bool) -> None:
    """Give an opinion for F-5 with its reason as officer 1."""
    officer = visit("officer1", with_script=with_script)
    officer.open(f"/proposals/{number}/assess")
    officer.press("登録して個票へ")
    expect(officer.page.locator(".error-summary")).to_be_visible()
    officer.look("assess_errors")
    officer.page.select_option("#category_key", "f5")
    officer.page.fill("#reason", "電子錠との接続を団体ごとに開発しており、まとめる効果が大きい。")
    officer.look("assess")
    officer.press("登録して個票へ")
    officer.open(f"/proposals/{number}/confirm")
    expect(officer.page.locator("h1").first).to_have_text("この操作はできません")


def confirm(visit: Visit, number: str, *, with_script: bool) -> None:
    """Confirm the opinion as officer 2."""
    second = visit("officer2", with_script=with_script)
    second.open(f"/proposals/{number}/confirm")
    second.look("confirm")
    second.press("意見を確認する")
    second.open(f"/proposals/{number}")
    second.look("case_classified")
    expect(second.page.get_by_role("region", name="開いている提案")).to_contain_text("F-5")
    second.open(f"/proposals/{number}/triage-record")
    second.look("case_triage_record")
    second.open(f"/proposals/{number}/history")
    second.look("case_history")


@pytest.mark.parametrize("with_script", [True, False], ids=["with script", "without script"])
def test_proposal_goes_from_draft_to_the_table(visit: Visit, with_script: bool) -> None:
    lead = visit("lead")
    before = count_of(lead, "F-5")

    number = draft_and_submit(visit, with_script=with_script)
    accept(visit, number, with_script=with_script)
    assign(visit, number, with_script=with_script)
    assess(visit, number, with_script=with_script)
    confirm(visit, number, with_script=with_script)

    assert re.fullmatch(r"R8-\d{4}", number)
    assert count_of(lead, "F-5") == before + 1
    city = visit("city")
    city.open(f"/proposals/{number}")
    expect(city.page.get_by_role("region", name="開いている提案")).to_contain_text("審査中")
    assert "F-5" not in city.page.inner_text("body")
    city.look("case_body")


def test_return_dispute_hold_and_close(visit: Visit) -> None:
    officer = visit("officer1")
    officer.open("/triage")
    officer.look("triage_queue")
    officer.open("/proposals?round=R8&state=submitted")
    number = officer.page.locator("tbody .receipt-number, tbody a").first.inner_text().split()[0]
    officer.open(f"/proposals/{number}/form-check")
    officer.press("団体へ差し戻す")
    expect(officer.page.locator(".error-summary")).to_be_visible()
    officer.look("form_check_errors")

    officer.open("/proposals?round=R8&state=in_confirmation")
    officer.look("list_filtered")
    second = visit("lead")
    waiting = officer.page.locator("tbody tr").first.inner_text().split()[0]
    second.open(f"/proposals/{waiting}/hold")
    second.page.fill("#reason", "所管省庁の意向を確かめる必要がある。")
    second.page.fill("#revisit_on", "令和9年3月1日")
    second.look("hold")
    second.press("ペンディングにする")
    second.open(f"/proposals/{waiting}")
    expect(second.page.get_by_role("region", name="開いている提案")).to_contain_text("ペンディング")
    second.look("case_pending")


def test_stale_form_tells_what_changed_and_keeps_the_text(visit: Visit) -> None:
    first, other = visit("officer1"), visit("lead")
    other.open("/proposals?round=R8&state=submitted&sort=-number")
    number = other.page.locator("tbody tr").first.inner_text().split()[0]
    first.open(f"/proposals/{number}/form-check")
    other.open(f"/proposals/{number}/form-check")
    check_off(other)
    other.press("受理する")
    expect(other.page.locator("body")).to_contain_text(f"{number}を受理しました")
    first.page.fill("#note", "記入もれはない。担当課に電話で確かめた。")

    first.press("受理する")

    expect(first.page.locator("h1").first).to_have_text("ほかの人が先に変更しました")
    assert first.page.locator("textarea").first.input_value().startswith("記入もれはない。")
    expect(first.page.locator(".timeline")).to_contain_text("受理しました")
    first.look("stale_form")
