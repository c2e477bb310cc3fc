"""Drafts that cannot be lost (下書き): a killed browser, two tabs, an ended session, no network."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect
from playwright.sync_api import Error as PlaywrightError

from app.core.text import count_characters, normalize_input
from tests.browser.conftest import (
    ACTION_MILLISECONDS,
    CHROMIUM,
    CHROMIUM_ARGUMENTS,
    START_SECONDS,
    Visitor,
    sign_in,
)

Visit = Callable[..., Visitor]

NEW = "/proposals/new?round=R8"
STARTS = 3
MOST_LOST_SECONDS = 10
SAVING_MILLISECONDS = 30_000
SENTENCE = "公民館の鍵を夜間に窓口で貸し出しているため、利用者は来庁を二度しなければならない。"


class Doomed(NamedTuple):
    """A visitor in a browser of its own, and its process."""

    visitor: Visitor
    process: "subprocess.Popen[bytes]"


@pytest.fixture
def doomed(playwright: Playwright, base_url: str, tmp_path: Path) -> Iterator[Doomed]:
    """A browser that a test may kill, signed in as `city`."""
    with ExitStack() as processes:
        process, browser = connected(playwright, tmp_path, processes)
        visitor = Visitor(page=browser.contexts[0].new_page(), base_url=base_url)
        visitor.page.set_default_timeout(ACTION_MILLISECONDS)
        sign_in(visitor, "city")
        yield Doomed(visitor, process)


def connected(
    playwright: Playwright, folder: Path, processes: ExitStack
) -> tuple["subprocess.Popen[bytes]", Browser]:
    """Start a browser and connect to it; one that does not answer is started anew."""
    for attempt in range(1, STARTS + 1):
        home = folder / f"browser-{attempt}"
        process = started(home)
        processes.callback(end, process)
        try:
            address = f"http://127.0.0.1:{debugging_port(home)}"
            return process, playwright.chromium.connect_over_cdp(address)
        except PlaywrightError:
            if attempt == STARTS:
                raise
    raise AssertionError("unreachable")


def started(home: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [
            CHROMIUM,
            *CHROMIUM_ARGUMENTS,
            "--headless",
            "--remote-debugging-port=0",
            f"--user-data-dir={home}",
        ],
        stderr=subprocess.DEVNULL,
    )


def end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


def debugging_port(folder: Path) -> str:
    """Port on which the browser listens, once it has said so in its folder."""
    told, give_up_at = folder / "DevToolsActivePort", time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at:
        lines = told.read_text().splitlines() if told.exists() else []
        if len(lines) == 2:
            return lines[0]
        time.sleep(0.05)
    raise TimeoutError(told)


def expect_saved(page: Page) -> None:
    words = page.locator("[data-autosave-words]")
    expect(words).to_contain_text("下書き保存", timeout=SAVING_MILLISECONDS)
    expect(page.locator("[data-autosave-waiting]")).to_be_hidden(timeout=SAVING_MILLISECONDS)


def version_of(page: Page) -> int:
    return int(page.locator('input[name="version"]').first.input_value() or 0)


def start_draft(visitor: Visitor, title: str) -> str:
    """Save a new draft by its button; return its path."""
    visitor.open(NEW)
    visitor.page.fill("#title", title)
    visitor.press("下書きを保存する")
    expect(visitor.page.get_by_text("まだ提出していません").first).to_be_visible()
    return visitor.page.url.removeprefix(visitor.base_url)


def text_in(visitor: Visitor, path: str, field: str, wanted: str) -> str:
    """Text of a field as stored; asked again while the last request of a page is on its way."""
    give_up_at = time.monotonic() + MOST_LOST_SECONDS
    while True:
        visitor.open(path)
        found = visitor.page.input_value(field)
        if found == wanted or time.monotonic() > give_up_at:
            return found


# --- A browser that dies ------------------------------------------------------------------------


def test_browser_killed_in_mid_sentence_loses_ten_seconds_at_most(
    doomed: Doomed, visit: Visit
) -> None:
    page, typed_at = doomed.visitor.page, []
    doomed.visitor.open(NEW)
    page.focus("#detail")
    # Typed without a pause, until a second saving has been seen; then the lights go out.
    while version_of(page) < 2:
        page.keyboard.insert_text(SENTENCE[len(typed_at) % len(SENTENCE)])
        typed_at.append(time.monotonic())
        page.wait_for_timeout(50)
    path = page.url.removeprefix(doomed.visitor.base_url)
    killed_at = time.monotonic()
    doomed.process.kill()
    doomed.process.wait()

    after = visit("city")
    after.open(path)
    kept = after.page.input_value("#detail")
    lost = typed_at[len(kept) :]

    assert kept == (SENTENCE * 99)[: len(kept)] != ""
    assert killed_at - min(lost, default=killed_at) <= MOST_LOST_SECONDS


def test_new_proposal_becomes_one_draft_while_it_is_typed(visit: Visit) -> None:
    city = visit("city")
    city.open(NEW)
    city.page.fill("#title", "自動保存だけで始まる下書き")
    expect_saved(city.page)
    city.page.fill("#detail", "続き")
    city.press("下書きを保存する")
    expect(city.page.get_by_text("まだ提出していません").first).to_be_visible()

    city.open("/proposals?q=自動保存だけで始まる下書き")

    expect(city.page.locator("tbody tr")).to_have_count(1)


def test_page_that_is_left_saves_what_was_just_typed(visit: Visit) -> None:
    city = visit("city")
    path = start_draft(city, "離れる前に保存")
    city.page.fill("#effect", "離れる直前の文")
    city.open("/proposals")

    assert text_in(city, path, "#effect", "離れる直前の文") == "離れる直前の文"


# --- Two tabs -----------------------------------------------------------------------------------


def test_p05_two_tabs_end_in_the_merge_screen_and_both_texts_survive(visit: Visit) -> None:
    first = visit("city")
    path = start_draft(first, "二つのタブ")
    second = Visitor(page=first.page.context.new_page(), base_url=first.base_url)
    second.open(path)
    first.page.fill("#title", "一つ目のタブの題")
    first.page.fill("#detail", "一つ目の詳細")
    first.press("下書きを保存する")
    expect(first.page.locator("#detail")).to_have_value("一つ目の詳細")
    expect(first.page.get_by_text("まだ提出していません").first).to_be_visible()
    second.page.fill("#title", "二つ目のタブの題")
    second.page.fill("#effect", "二つ目の効果")
    second.press("下書きを保存する")
    expect(second.page.locator("h1")).to_have_text("2つの内容を1つにする")
    second.look("merge")
    second.page.fill("#edited-title", "二つのタブを合わせた題")
    second.press("保存する")

    expect(second.page.locator("#title")).to_have_value("二つのタブを合わせた題")
    expect(second.page.locator("#detail")).to_have_value("一つ目の詳細")
    expect(second.page.locator("#effect")).to_have_value("二つ目の効果")


def test_p05_autosave_of_the_second_tab_leads_to_the_merge_screen(visit: Visit) -> None:
    first = visit("city")
    path = start_draft(first, "自動保存の競合")
    second = Visitor(page=first.page.context.new_page(), base_url=first.base_url)
    second.open(path)
    first.page.fill("#title", "先の題")
    expect_saved(first.page)
    second.page.fill("#title", "後の題")
    merge = second.page.get_by_role("button", name="変更を見比べて保存する")
    expect(merge).to_be_visible(timeout=SAVING_MILLISECONDS)
    second.look("autosave_conflict")
    merge.click()

    expect(second.page.locator("h1")).to_have_text("2つの内容を1つにする")
    expect(second.page.locator("#edited-title")).to_have_value("後の題")


def test_two_tabs_without_script_end_in_the_merge_screen(visit: Visit) -> None:
    first = visit("city", with_script=False)
    path = start_draft(first, "スクリプトなし")
    second = Visitor(page=first.page.context.new_page(), base_url=first.base_url, with_script=False)
    second.open(path)
    first.page.fill("#title", "甲の題")
    first.press("下書きを保存する")
    second.page.fill("#title", "乙の題")
    second.press("下書きを保存する")
    second.look("merge")
    second.press("保存する")
    expect(second.page.locator(".field-error")).to_have_text("＊どちらを残すか選んでください")
    second.page.get_by_label("あなたの入力を残す").check()
    second.press("保存する")

    expect(second.page.locator("#title")).to_have_value("乙の題")


# --- Bad moments --------------------------------------------------------------------------------


def test_text_survives_the_end_of_the_session(visit: Visit) -> None:
    city = visit("city")
    path = start_draft(city, "ログインの時間切れ")
    city.page.context.clear_cookies()
    city.page.fill("#detail", "時間切れの後の文")
    words = city.page.locator("[data-autosave-words]")
    expect(words).to_contain_text("ログインの時間が切れた", timeout=SAVING_MILLISECONDS)
    again = Visitor(page=city.page.context.new_page(), base_url=city.base_url)
    sign_in(again, "city")
    expect_saved(city.page)

    again.open(path)

    assert again.page.input_value("#detail") == "時間切れの後の文"


def test_text_survives_a_time_without_network(visit: Visit) -> None:
    city = visit("city")
    path = start_draft(city, "通信の途切れ")
    city.page.context.set_offline(True)
    city.page.fill("#detail", "途切れている間の文")
    words = city.page.locator("[data-autosave-words]")
    expect(words).to_contain_text("通信できない", timeout=SAVING_MILLISECONDS)
    city.page.context.set_offline(False)
    expect_saved(city.page)

    city.open(path)

    assert city.page.input_value("#detail") == "途切れている間の文"


def test_double_click_on_the_button_makes_one_draft(visit: Visit) -> None:
    city = visit("city")
    city.open(NEW)
    city.page.fill("#title", "二度押しの下書き")
    city.page.get_by_role("button", name="下書きを保存する").dblclick()
    expect(city.page.get_by_text("まだ提出していません").first).to_be_visible()

    city.open("/proposals?q=二度押しの下書き")

    expect(city.page.locator("tbody tr")).to_have_count(1)


# --- Counting -----------------------------------------------------------------------------------

COUNTED = (
    "葛󠄀城市と𠮷野町の㈱",
    "👨‍👩‍👧‍👦が👍🏽、🇯🇵🇯🇵、☺️、1️⃣",
    "か\u3099ぎ\uff76\uff9e ｶﾞｷﾞ",
    "一行目\r\n二行目\n\n三行目\tタブ",
    "　前後の空白　",
    "零幅\u200bと\u00ad\ufeff印\u2060は数えない",
    "①Ⅳ㌔㍻",
    "é e\u0301 \U00020bb7",
)


@pytest.mark.parametrize("text", COUNTED)
def test_counter_counts_as_the_server_does(visit: Visit, text: str) -> None:
    city = visit("city")
    city.open(NEW)

    city.page.fill("#requested_measure", text)

    figure = city.page.locator("#requested_measure-count [data-count-figure] b")
    expect(figure).to_have_text(str(count_characters(normalize_input(text))))
