"""A round at the desk (仕分けの一巡): ten classified, one disputed, split, held, two merged."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, serving

Visit = Callable[..., Visitor]

ROUND = "R8"
WANTED = 10
REASON = "多くの団体が導入しており、まとめる効果を当面見いだせない。"


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own: the journey moves cases that other tests count on."""
    with serving(tmp_path_factory.mktemp("journey"), "journey.log") as address:
        yield address


def numbers_in(visitor: Visitor, state: str) -> list[str]:
    """Receipt numbers of the cases in a state, as the list shows them."""
    visitor.open(f"/proposals?round={ROUND}&state={state}")
    found = visitor.page.locator("main tbody td.receipt-number").all_inner_texts()
    return [number.strip() for number in found]


def classified_count(visitor: Visitor) -> int:
    return len(numbers_in(visitor, "classified"))


def sent(page: Page) -> None:
    """Wait until the form that was sent has led somewhere with its message."""
    expect(page.locator(".message-region").first).to_be_visible()


def assign_all_to_officer1(lead: Visitor) -> None:
    """Give every case without a class to officer 1, seen before it happens."""
    for state in ("accepted", "in_review", "in_confirmation"):
        lead.open(f"/bulk?all=1&round={ROUND}&state={state}")
        lead.page.get_by_label("担当を割り当てる").check()
        lead.page.get_by_label("仕分け担当1", exact=True).check()
        lead.press("変わり方を確かめる")
        lead.look(f"journey_bulk_{state}")
        lead.page.get_by_role("button", name=re.compile(r"^\d+件に行う$")).click()
        expect(lead.page.locator("h1").first).to_contain_text("担当を割り当てる")


def assess(officer: Visitor, number: str) -> None:
    officer.open(f"/proposals/{number}/assess")
    officer.page.select_option("#category_key", "f2")
    officer.page.fill("#reason", REASON)
    officer.press("登録して個票へ")
    expect(officer.page.locator(".message-region").first).to_contain_text(f"{number}の仕分け意見")


def confirm(officer: Visitor, number: str) -> None:
    officer.open(f"/proposals/{number}/confirm")
    for box in officer.page.locator("input[name=compared_with]").all():
        box.check()
    officer.press("意見を確認する")
    expect(officer.page.locator(".message-region").first).to_contain_text("分類F-2が確定しました")


def test_officers_bring_a_round_through_the_desk(visit: Visit) -> None:
    lead, officer, second = visit("lead"), visit("officer1"), visit("officer2")
    before = classified_count(lead)
    for_leads = awaiting_lead(lead, numbers_in(lead, "in_review"))

    assign_all_to_officer1(lead)
    mine = [number for number in numbers_in(officer, "in_review") if number not in for_leads]
    assert len(mine) >= WANTED + 1
    merged, held, *rest = mine
    merge_and_undo(officer, target=rest[0], absorbed=merged)
    hold(officer, held)
    part = split(officer, rest[1])
    for number in [*rest, merged][:WANTED]:
        assess(officer, number)
    dispute(second, rest[0])
    assess(officer, rest[0])
    for number in [*rest, merged][:WANTED]:
        confirm(second, number)

    assert classified_count(lead) == before + WANTED
    assert held in numbers_in(lead, "pending")
    assert part in numbers_in(lead, "accepted")
    lead.open(f"/proposals/{rest[0]}/triage-record")
    expect(lead.page.locator("main")).to_contain_text("異議")
    lead.look("journey_record")
    assert officer.complaints + second.complaints + lead.complaints == []


def awaiting_lead(lead: Visitor, numbers: list[str]) -> list[str]:
    """Cases that were disputed twice before: a lead decides them."""
    found = []
    for number in numbers:
        lead.open(f"/proposals/{number}/assess")
        if "総括の決定" in lead.heading() or lead.page.get_by_text("異議が2回付いたため").count():
            found.append(number)
    return found


def merge_and_undo(officer: Visitor, *, target: str, absorbed: str) -> None:
    officer.open(f"/proposals/{target}/merge")
    officer.page.get_by_label("統合する提案の受付番号").fill(absorbed)
    officer.page.get_by_label("統合する理由").fill("同じ業務を求めているため。")
    officer.press("内容を確かめる")
    officer.look("journey_merge")
    officer.press("統合する")
    officer.page.wait_for_url(f"**/proposals/{target}*")
    officer.open(f"/proposals/{absorbed}")
    expect(officer.page.locator("main")).to_contain_text(f"{target}に統合されています")
    officer.open(f"/proposals/{absorbed}/unmerge")
    officer.page.get_by_label("取り消す理由").fill("別の業務と分かったため。")
    officer.press("統合を取り消す")
    officer.page.wait_for_url(f"**/proposals/{absorbed}*")
    assert absorbed in numbers_in(officer, "in_review")


def hold(officer: Visitor, number: str) -> None:
    officer.open(f"/proposals/{number}/hold")
    officer.page.fill("#reason", "府省庁の予定を照会している。")
    officer.page.fill("#revisit_on", "令和8年12月25日")
    officer.press("ペンディングにする")
    sent(officer.page)


def split(officer: Visitor, number: str) -> str:
    """Divide a case in two; return the number of the second part."""
    officer.open(f"/proposals/{number}/split")
    officer.page.fill("#parts-1-title", "切り出した業務の共通化")
    officer.page.get_by_label("分割する理由").fill("二つの業務を求めているため。")
    officer.press("分割する")
    officer.page.wait_for_url(f"**/proposals/{number}*")
    officer.open(f"/proposals/{number}-2")
    officer.look("journey_part")
    return f"{number}-2"


def dispute(officer: Visitor, number: str) -> None:
    officer.open(f"/proposals/{number}/confirm")
    form = officer.page.locator(f"form[action*='/proposals/{number}/dispute']")
    form.locator("select[name=category_key]").select_option("f5")
    form.locator("textarea[name=reason]").fill("効果が調整コストを上回ると読める。")
    officer.look("journey_dispute")
    officer.press("異議を付ける")
    expect(officer.page.locator(".message-region").first).to_contain_text("異議を付けました")
