"""The desk without a mouse (キー操作): a whole case, from the queue to its opinion."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, violations_of

Visit = Callable[..., Visitor]

# Letters that are keys elsewhere are letters here.
REASON = "導入している団体がない。j k s x ?"

# What one focuses must be seen: not behind the bar of buttons, not behind the head of the case.
HIDDEN = """async () => {
  const hidden = [];
  const all = "main :is(a[href], button, input:not([type=hidden]), select, textarea, summary)";
  for (const element of document.querySelectorAll(all)) {
    if (!element.checkVisibility() || element.tabIndex < 0) continue;
    element.focus();
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const box = element.getBoundingClientRect();
    const points = [box.top + 2, box.top + box.height / 2, box.bottom - 2];
    const isSeen = points.some((y) => {
      const top = document.elementFromPoint(box.left + box.width / 2, y);
      return top !== null && (element.contains(top) || top.contains(element));
    });
    if (!isSeen) hidden.push(element.id || element.textContent.trim());
  }
  return hidden;
}"""


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def focused(page: Page) -> str:
    """Id of what has the focus, or its words."""
    found = page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")
    return str(found)


def open_queue(officer: Visitor) -> None:
    officer.open("/triage?round=R8")


def number_of(page: Page) -> str:
    found = re.search(r"/proposals/(R8-\d{4})/", page.url)
    assert found is not None
    return found[1]


def test_case_is_classified_with_the_keyboard_alone(visit: Visit) -> None:
    officer = visit("officer1")
    page = officer.page
    open_queue(officer)
    start = page.get_by_role("button", name="次の1件に着手する")
    start.focus()
    press(page, "Enter")
    page.wait_for_url("**/assess?**")
    number = number_of(page)
    expect(page.get_by_role("region", name="仕事の流れ")).to_contain_text("から着手中")

    press(page, "q")
    assert focused(page).startswith("answers-")
    for _ in range(5):
        press(page, "2")
    press(page, "2", "3")
    press(page, "c")
    assert focused(page) == "category_key"
    page.keyboard.type("F-4")
    press(page, "Escape", "r")
    assert focused(page) == "reason"
    page.keyboard.type(REASON)
    expect(page.locator("[data-draft-words]")).to_contain_text("に下書き保存")
    officer.look("desk_by_keys")
    press(page, "Escape", "x")

    expect(page.locator(".message-region").first).to_contain_text(
        f"{number}の仕分け意見を登録しました"
    )
    assert page.url != f"{officer.base_url}/proposals/{number}/assess"
    officer.open(f"/proposals/{number}/triage-record")
    expect(page.locator("main")).to_contain_text(REASON)


def test_rows_cases_help_and_places_are_reached_by_keys(visit: Visit) -> None:
    officer = visit("officer2")
    page = officer.page
    # Several opinions of others wait here whatever the other tests did before.
    officer.open("/triage?round=R8&pile=confirmation")
    press(page, "j", "j", "k")
    first = page.locator("[data-key-rows] tbody tr td .button").first
    expect(first).to_be_focused()
    press(page, "o")
    page.wait_for_url("**/proposals/R8-*/**")
    before = page.url
    press(page, "j")
    page.wait_for_url(lambda url: url != before)
    press(page, "k")
    page.wait_for_url(before)

    press(page, "?")
    dialog = page.get_by_role("dialog", name="キー操作の一覧")
    expect(dialog).to_contain_text("仕分けの一覧へ")
    assert violations_of(page) == []
    officer.picture("keys_help")
    press(page, "Escape", "/")
    assert focused(page) == "site-search"
    press(page, "Tab", "Tab", "g", "t")
    page.wait_for_url("**/triage?**")
    press(page, "g", "h")
    page.wait_for_url(f"{officer.base_url}/")


def test_keys_can_be_switched_off(visit: Visit) -> None:
    officer = visit("officer2")
    page = officer.page
    open_queue(officer)
    switch = page.get_by_role("button", name="キー操作を使わない")
    switch.focus()
    press(page, "Enter")

    press(page, "j", "?", "/")

    expect(page.get_by_role("button", name="キー操作を使う")).to_be_focused()
    expect(page.locator("[data-keys]")).to_be_hidden()
    press(page, "Enter")
    press(page, "j")
    expect(page.locator("[data-key-rows] tbody tr td .button").first).to_be_focused()


def test_nothing_with_the_focus_hides_behind_the_buttons(visit: Visit) -> None:
    officer = visit("officer1")
    open_queue(officer)
    officer.page.locator("section[aria-labelledby='review'] td .button").first.click()
    officer.page.wait_for_url("**/assess?**")

    assert officer.page.evaluate(HIDDEN) == []
    officer.look("desk_frame")


def test_half_written_opinion_is_there_again(visit: Visit) -> None:
    officer = visit("officer1")
    page = officer.page
    open_queue(officer)
    page.locator("section[aria-labelledby='review'] td .button").last.click()
    page.fill("#reason", "まだ途中の理由。")
    page.get_by_role("link", name="ホーム", exact=True).click()
    page.wait_for_url(f"{officer.base_url}/")
    open_queue(officer)
    page.locator("section[aria-labelledby='review'] td .button").last.click()

    expect(page.locator("#reason")).to_have_value("まだ途中の理由。")
    expect(page.locator("[data-draft-words]")).to_contain_text("に下書き保存")


def test_case_is_put_behind_and_taken_back_without_a_script(visit: Visit) -> None:
    officer = visit("officer1", with_script=False)
    page = officer.page
    open_queue(officer)
    officer.follow("仕分ける")
    number = number_of(page)
    page.fill("#reason", "スクリプトなしの途中。")
    page.locator("#desk-skip").click()
    page.fill("#reason", "電話の返事を待つため")
    officer.press("後回しにして次の1件へ")

    open_queue(officer)
    skipped = page.locator("section[aria-labelledby='skips']")
    expect(skipped).to_contain_text(number)
    officer.picture("queue_with_skips")
    skipped.get_by_role("button", name="後回しをやめる").first.click()
    expect(page.locator(".message-region").first).to_contain_text("元の位置に戻しました")
