"""Dates that move, and who hears of it (期限・お知らせ・一斉連絡・滞留の一巡), in a real round."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from app.core import clock
from app.core.calendar import DEFAULT_CALENDAR
from app.core.eras import format_date, format_date_short
from tests.browser.conftest import Visitor, serving

Visit = Callable[..., Visitor]

ROUND = "R9"
TITLES = ("災害時の罹災証明の申請を受ける窓口の共通化", "公園の使用許可の申請を受ける窓口の共通化")
TEXTS = {
    "detail": "申請を紙で受け、担当課ごとの台帳に書き写している。",
    "requested_measure": "申請を受け、台帳に写す共通の仕組みを用意してほしい。",
    "hardship_case": "書き写しの遅れで、許可が使用日の当日になった。",
    "effect": "書き写しがなくなり、申請の翌日に許可できる。",
    "contact_department": "総務課",
}
# Within a review of 10 office days; after a correction of 5: true on any day of the year.
CLOSED_AFTER = 3  # office days
WANTED_AFTER = 20  # office days
WHY_LATER = "費用の内訳を、指定管理者に確かめている。"
CLOSING_NAME = "庁舎の電気設備の法定点検"


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own: the journey opens a real round and closes a day for everybody."""
    with serving(tmp_path_factory.mktemp("deadlines"), "deadlines.log") as address:
        yield address


def message(visitor: Visitor, words: str) -> None:
    """Wait until the page says so on top."""
    expect(visitor.page.locator(".message-region").first).to_contain_text(words)


def office_day(days: int) -> date:
    return DEFAULT_CALENDAR.add_office_days(clock.today(), days)


def open_round(admin: Visitor) -> None:
    """Copy the round of 令和6年 into one that is open now."""
    admin.open("/rounds/R6/clone")
    for name, words in {
        "key": ROUND,
        "label": "令和9年",
        "opens_on": (clock.today() - timedelta(days=1)).isoformat(),
        "closes_on": (clock.today() + timedelta(days=30)).isoformat(),
    }.items():
        admin.page.fill(f"#{name}", words)
    admin.press("この内容で募集回を作る")
    message(admin, "募集回「令和9年」を作りました")


def submit(manager: Visitor, title: str) -> str:
    """Write a proposal as the city's manager and submit it; return its number."""
    manager.open("/")
    manager.follow("新しい提案")
    manager.page.fill("#title", title)
    for name, text in TEXTS.items():
        manager.page.fill(f"#{name}", text)
    manager.page.get_by_label("ⅰ　新しい課題").check()
    manager.press("保存して確認へ進む")
    manager.press("提出する")
    return manager.page.locator(".receipt-number").first.inner_text()


def return_for_correction(officer: Visitor, number: str) -> None:
    officer.open(f"/proposals/{number}/form-check")
    officer.page.select_option("#items-0-field", label="制度改正の効果")
    officer.page.fill("#items-0-reason", "費用の内訳を示してください。")
    officer.press("団体へ差し戻す")
    message(officer, number)


def give_to_officer1(lead: Visitor, officer: Visitor, number: str) -> None:
    """Accept the case and give it to officer 1: its review runs."""
    officer.open(f"/proposals/{number}/form-check")
    for choice in officer.page.get_by_label("良", exact=True).all():
        choice.check()
    officer.press("受理する")
    message(officer, f"{number}を受理しました")
    lead.open(f"/proposals/{number}/assign")
    lead.page.get_by_label("仕分け担当1", exact=True).check()
    lead.press("割り当てる")
    message(lead, number)


def ask_for_longer(manager: Visitor, number: str, wanted_on: date) -> None:
    """Find the way to the request from the case, as the body does."""
    manager.open(f"/proposals/{number}")
    manager.look("deadlines_returned")
    manager.open(f"/proposals/{number}/deadlines")
    manager.follow("期限の延長を申請する")
    manager.press("延長を申請する")
    expect(manager.page.locator(".error-summary")).to_be_visible()
    manager.page.fill("#due_on", format_date(wanted_on))
    manager.page.fill("#reason", WHY_LATER)
    manager.look("deadlines_ask")
    manager.press("延長を申請する")
    message(manager, f"{format_date(wanted_on)}までの延長を申請しました")


def approve(lead: Visitor, number: str, wanted_on: date) -> None:
    lead.open("/extension-requests")
    row = lead.page.get_by_role("row", name=number)
    expect(row).to_contain_text(WHY_LATER)
    lead.look("deadlines_requests")
    row.get_by_role("link", name="決める").click()
    lead.page.get_by_label("認める", exact=True).check()
    lead.look("deadlines_decide")
    lead.press("決定する")
    message(lead, f"{number}の期限を{format_date(wanted_on)}まで延長しました")


def read_news(reader: Visitor, words: str, number: str, due_on: str, name: str) -> None:
    """Open the news and the page behind it: the date, and how it came about."""
    reader.open("/notices")
    reader.look(f"{name}_notices")
    reader.page.get_by_role("button", name=words).first.click()
    reader.page.wait_for_url(f"**/proposals/{number}/deadlines")
    reader.page.get_by_text("なぜこの日か", exact=True).first.click()
    expect(reader.page.locator("details[open] tbody tr").last).to_contain_text(due_on)
    reader.look(f"{name}_deadlines")


def close_a_day(admin: Visitor, moving: str, standing: str) -> str:
    """Close a day after having seen which dates move; return the new date as it is written."""
    closed = format_date(office_day(CLOSED_AFTER))
    admin.open("/calendar")
    admin.follow("閉庁日を加える")
    admin.page.fill("#day", closed)
    admin.page.fill("#name", CLOSING_NAME)
    admin.page.fill("#basis", "庁舎管理の決定による。")
    admin.look("deadlines_closing_day")
    admin.press("動く期限を確かめる")
    row = admin.page.get_by_role("row", name=moving)
    expect(row).to_be_visible()
    assert admin.page.get_by_role("row", name=standing).count() == 0
    old, new = row.locator("td").nth(1).inner_text(), row.locator("td").nth(2).inner_text()
    assert old != new
    admin.look("deadlines_closing_day_preview")
    admin.press("閉庁日にして期限を数え直す")
    message(admin, f"{closed}を閉庁日にしました")
    expect(admin.page.locator("main")).to_contain_text(CLOSING_NAME)
    admin.look("deadlines_calendar")
    return new


def hold(officer: Visitor, number: str, revisit_on: date) -> None:
    """Put the case off; its bar says until when."""
    officer.open(f"/proposals/{number}/hold")
    officer.page.fill("#reason", "府省庁の予定を照会している。")
    officer.page.fill("#revisit_on", format_date(revisit_on))
    officer.look("deadlines_hold")
    officer.press("ペンディングにする")
    message(officer, number)
    officer.open(f"/proposals/{number}")
    bar = officer.page.get_by_role("region", name="開いている提案")
    expect(bar).to_contain_text("ペンディング")
    expect(bar).to_contain_text(format_date(revisit_on))


def write_to_many(lead: Visitor) -> str:
    """Write to the managers of bodies with a returned case; type their number; return the page."""
    lead.open("/mailings")
    lead.follow("一斉連絡を作る")
    lead.page.get_by_label("募集回").select_option(label="令和9年")
    lead.page.get_by_label("宛先の団体").select_option(label="差戻し中の提案がある団体")
    lead.page.fill("#subject", "補正の説明会について")
    lead.page.fill("#text", "補正の説明会を開きます。日時は画面でお知らせします。")
    lead.look("mailing_new")
    lead.press("下書きを保存する")
    message(lead, "まだだれにも送っていません")
    page = lead.page.url.removeprefix(lead.base_url)
    lead.look("mailing_draft")
    found = re.search(r"宛先(\d+)人", lead.page.locator("caption").first.inner_text())
    assert found is not None
    lead.follow("人数を確かめる")
    lead.page.fill("#typed", str(int(found[1]) + 1))
    lead.press("この人数で承認を求める")
    expect(lead.page.locator(".error-summary")).to_contain_text(f"宛先の人数（{found[1]}人）")
    lead.look("mailing_wrong_count")
    lead.page.fill("#typed", found[1])
    lead.press("この人数で承認を求める")
    message(lead, "件数を確かめました")
    assert lead.page.get_by_role("link", name="送信の承認に進む").count() == 0
    return page


def release_and_cancel(lead: Visitor, officer: Visitor, page: str) -> None:
    """Let it go as the second person; take it back in time as the first one."""
    officer.open(page)
    officer.follow("送信の承認に進む")
    officer.look("mailing_release")
    officer.press("送信を承認する")
    message(officer, "10分後に送り始めます")
    lead.open(page)
    lead.look("mailing_released")
    lead.follow("全員への送信を取りやめる")
    lead.page.fill("#reason", "説明会の日時が変わったため。")
    lead.look("mailing_cancel")
    lead.press("全員への送信を取りやめる")
    message(lead, "一斉連絡を取りやめました")
    lead.look("mailing_cancelled")


def follow_a_figure(lead: Visitor) -> list[str]:
    """Read a figure off the backlog, follow it; return the numbers of its list, as many."""
    lead.open(f"/reports/backlog?round={ROUND}")
    lead.look("deadlines_backlog")
    whole = lead.page.locator("table.matrix tfoot .matrix-sum a")
    count = int(whole.inner_text().split("件")[0])
    whole.click()
    rows = lead.page.locator("main tbody td.receipt-number")
    expect(rows).to_have_count(count)
    lead.look("deadlines_backlog_list")
    return sorted(number.strip() for number in rows.all_inner_texts())


def run_by_hand(admin: Visitor) -> None:
    """Run a job for a moment; a second time it is refused."""
    admin.open("/jobs/overdue_events")
    moment = {"#day": format_date(clock.today() - timedelta(days=1)), "#time": "0:05"}
    for field, typed in moment.items():
        admin.page.fill(field, typed)
    admin.press("この時点で実行する")
    message(admin, "の時点で実行しました")
    expect(admin.page.get_by_role("region", name="実行の履歴の表")).to_contain_text("手動で実行")
    admin.look("deadlines_job")
    for field, typed in moment.items():
        admin.page.fill(field, typed)
    admin.press("この時点で実行する")
    expect(admin.page.locator(".error-summary")).to_contain_text("終わっています")


def test_dates_move_and_everybody_hears_of_it(visit: Visit) -> None:
    admin, manager = visit("admin"), visit("city-mgr")
    lead, officer = visit("lead"), visit("officer1")
    second = visit("officer2")
    wanted_on = office_day(WANTED_AFTER)

    open_round(admin)
    returned, reviewed = (submit(manager, title) for title in TITLES)
    return_for_correction(officer, returned)
    ask_for_longer(manager, returned, wanted_on)
    approve(lead, returned, wanted_on)
    due_on = format_date_short(wanted_on)
    words = f"{returned} の期限の延長：認める（期限は{due_on}）"
    read_news(manager, words, returned, due_on, "extended")
    give_to_officer1(lead, officer, reviewed)
    new = close_a_day(admin, reviewed, returned)
    read_news(officer, f"{reviewed} の期限が{new}に変わりました", reviewed, new, "moved")
    hold(officer, reviewed, wanted_on)
    release_and_cancel(lead, second, write_to_many(lead))
    listed = follow_a_figure(lead)
    run_by_hand(admin)

    assert listed == [f"{ROUND}-0001", f"{ROUND}-0002"]
    manager.open("/notices")
    expect(manager.page.locator("main")).not_to_contain_text("補正の説明会について")
    everybody = (admin, manager, lead, officer, second)
    assert [person.complaints for person in everybody] == [[], [], [], [], []]
