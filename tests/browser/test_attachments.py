"""Files of a proposal in a real browser (添付): chosen, refused, added, replaced, removed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import Visitor
from tests.files.documents import pdf, png

Visit = Callable[..., Visitor]


def payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def start_draft(city: Visitor) -> None:
    city.open("/proposals/new?round=R8")
    city.page.fill("[name=title]", "体育館の鍵の貸出し")
    city.press("保存して添付へ進む")
    expect(city.page.locator("h1").first).to_have_text("添付")


def choose(city: Visitor, *files: FilePayload) -> None:
    city.page.set_input_files("input[type=file]", list(files))


def listed(city: Visitor) -> list[str]:
    """Names of the attached files, in the order of the list."""
    rows = city.page.locator(".file-list .file-name a")
    return [words.partition("（")[0] for words in rows.all_text_contents()]


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no script"])
def test_files_are_added_replaced_and_removed(visit: Visit, with_script: bool) -> None:
    city = visit("city", with_script=with_script)
    start_draft(city)
    city.look("attachments_none")

    choose(city, payload("別紙.pdf", pdf()), payload("図.png", png()))
    city.press("ファイルを添付する")
    expect(city.page.locator(".file-list > li")).to_have_count(2)
    added = listed(city)
    city.look("attachments")
    city.follow("差し替える")
    city.look("attachment_replace")
    choose(city, payload("新版.pdf", pdf()))
    city.press("この版に差し替える")
    replaced = listed(city)
    city.page.get_by_role("link", name="外す").last.click()
    city.look("attachment_remove")
    city.press("添付を外す")

    assert added == ["別紙.pdf", "図.png"]
    assert replaced == ["新版.pdf", "図.png"]
    assert listed(city) == ["新版.pdf"]


def test_too_large_file_is_told_before_it_is_sent(visit: Visit) -> None:
    city = visit("city")
    start_draft(city)
    sent: list[str] = []
    city.page.on("request", lambda request: sent.append(request.method))

    choose(city, payload("大きい.csv", b"1,2\n" * (21 << 18)))
    city.press("ファイルを添付する")

    words = city.page.locator("[data-chosen-files] .field-error").all_text_contents()
    assert words == ["＊「大きい.csv」は大きすぎます（21.0MB。1ファイル20.0MBまで）。"]
    assert sent == []


def test_refused_file_is_told_with_its_reason(visit: Visit) -> None:
    city = visit("city")
    start_draft(city)

    choose(city, payload("古い.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)))
    city.press("ファイルを添付する")

    expect(city.page.locator(".error-summary")).to_contain_text("「古い.xls」：古い形式")
    city.look("attachments_refused")
