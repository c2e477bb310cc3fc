"""A case goes to ministries and comes back answered (送付・回答・公表の一巡), with eight people."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor, serving

Visit = Callable[..., Visitor]

# A case of 甲県 in F-1, which goes to ministries.
NUMBER = "R6-0217"
CASE = f"/proposals/{NUMBER}"
MAIN, OTHER, THIRD = "厚生労働省", "デジタル庁", "総務省"
REQUEST = "既にあるシステムの改善で足りるか、時期とあわせて回答してください。"
FIRST = "既にあるシステムの改善を検討します。"
AGAIN = "いつ結論が出るかと、それまでに行うことを示してください。"
SECOND = "次の改修で画面と手順書を改めます。"
VIEW = "時期が示されたので、異存ありません。"


@pytest.fixture(scope="module")
def base_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own: the journey closes and publishes a case of the real round."""
    with serving(tmp_path_factory.mktemp("handoffs"), "handoffs.log") as address:
        yield address


def message(visitor: Visitor, words: str) -> None:
    """Wait until the page says so on top."""
    expect(visitor.page.locator(".message-region").first).to_contain_text(words)


def main_text(visitor: Visitor, path: str) -> str:
    visitor.open(path)
    return visitor.page.locator("main").inner_text()


def open_desk(visitor: Visitor) -> None:
    """Find the case in the inbox of the ministry, as its people do."""
    visitor.open("/")
    visitor.follow("届いた案件")
    visitor.page.locator("main .inbox a", has_text=NUMBER).first.click()
    expect(visitor.page.locator("main")).to_contain_text("事務局からの依頼")


def open_reply(visitor: Visitor) -> None:
    """Find the reply of the case in the list of replies."""
    visitor.open("/replies")
    visitor.page.locator("main a", has_text=NUMBER).first.click()
    expect(visitor.page.locator("main")).to_contain_text("回目の回答")


def send_to(officer: Visitor, ministry: str, part: str) -> None:
    officer.open(f"{CASE}/handoffs/prepare")
    officer.page.select_option("#destination_id", label=ministry)
    officer.page.check(f"input[name=part][value={part}]")
    officer.page.fill("#request_text", REQUEST)
    officer.look(f"handoff_prepare_{part}")
    officer.press("送付を準備する")
    message(officer, "送付を準備しました")
    officer.look(f"handoff_preview_{part}")
    officer.press(f"{ministry}へ送付する")
    message(officer, f"{ministry}へ送付しました")


def refuse(coordinator: Visitor) -> None:
    """The related ministry gives it back and names another one."""
    open_desk(coordinator)
    coordinator.page.locator("summary", has_text="所管外として返す").click()
    coordinator.page.select_option("#suggested_id", label=THIRD)
    coordinator.page.fill("#reason", "この業務の仕組みは、当庁の所管ではありません。")
    coordinator.press("所管外として返す")
    message(coordinator, "所管外として事務局に返しました")
    coordinator.look("handoff_refused")


def reroute_and_recall(officer: Visitor) -> None:
    """Sent on to the ministry that was named; nobody there is registered: taken back."""
    officer.open(f"{CASE}/handoffs")
    officer.look("handoff_of_case_refused")
    officer.follow("送り直す")
    officer.look("handoff_reroute")
    officer.press("送り直す")
    message(officer, "送り直しました")
    officer.page.locator("tr", has_text=THIRD).get_by_role("link", name="取り下げる").click()
    officer.page.fill("#reason", "主管の府省庁の検討で足りるため。")
    officer.look("handoff_recall")
    officer.page.locator("main button[type=submit]", has_text="取り下げる").first.click()
    message(officer, f"{THIRD}への送付を取り下げました")


def acknowledge(coordinator: Visitor) -> None:
    coordinator.open("/handoffs")
    coordinator.look("handoff_inbox")
    open_desk(coordinator)
    coordinator.look("handoff_desk_sent")
    coordinator.press("受領する")
    message(coordinator, "受領しました")


def answer(drafter: Visitor, coordinator: Visitor, kind: str, text: str) -> None:
    """Drafted and looked at by one, approved and sent by the other."""
    open_desk(drafter)
    drafter.page.check(f"input[name=kind][value={kind}]")
    drafter.page.fill("#text", text)
    drafter.page.fill("#planned_on", "令和9年3月31日")
    drafter.look(f"handoff_desk_{kind}")
    drafter.press("回答の確認へ進む")
    drafter.look(f"handoff_check_{kind}")
    drafter.press("窓口に確認を頼む")
    message(drafter, "窓口に確認を頼みました")
    open_desk(coordinator)
    coordinator.follow("回答の確認を開く")
    coordinator.press("この内容で送る")
    message(coordinator, "回答を事務局に送りました")


def ask_again(officer: Visitor) -> None:
    officer.open("/replies")
    officer.look("handoff_replies")
    open_reply(officer)
    officer.look("handoff_reply")
    officer.follow("再検討を要請する")
    officer.page.fill("#text", AGAIN)
    officer.look("handoff_reexamine")
    officer.press("再検討を要請する")
    message(officer, f"{MAIN}に再検討を要請しました")


def release(lead: Visitor) -> None:
    lead.open("/replies")
    lead.page.get_by_label(f"{NUMBER}（{MAIN}）の回答を公開する").check()
    lead.press("選んだ回答の公開を確かめる")
    lead.page.get_by_label("公開する回答の件数").fill("2")
    lead.press("1件の回答を公開する")
    expect(lead.page.locator("main")).to_contain_text("公開する回答の件数（1）を入力してください")
    lead.look("handoff_release")
    lead.page.get_by_label("公開する回答の件数").fill("1")
    lead.press("1件の回答を公開する")
    message(lead, "1件の回答を公開しました")


def file_view(manager: Visitor) -> None:
    """The body reads the reply, files its view and agrees to be named."""
    manager.open(CASE)
    expect(manager.page.locator("main")).to_contain_text(SECOND)
    manager.look("handoff_told")
    manager.follow("見解を書く")
    manager.page.fill("#text", VIEW)
    manager.look("handoff_view")
    manager.press("見解を提出する")
    message(manager, "見解を提出しました")
    manager.follow("公表の同意")
    manager.page.get_by_label("団体名を公表してよい").check()
    manager.page.get_by_label("府省庁の回答への見解を公表してよい").check()
    manager.look("handoff_consent")
    manager.page.locator("main form button[type=submit]").first.click()
    message(manager, "公表の同意を登録しました")


def settle_and_close(officer: Visitor, lead: Visitor) -> None:
    open_reply(officer)
    officer.follow("回答を確定する")
    officer.look("handoff_settle")
    officer.press("回答を確定する")
    message(officer, f"{MAIN}の回答を確定しました")
    officer.open(f"{CASE}/handoffs")
    officer.look("handoff_of_case_settled")
    lead.open(f"{CASE}/answer")
    lead.look("handoff_answer")
    lead.press("結果を知らせて終了する")
    message(lead, f"{NUMBER}を終了しました")


def publish(officer: Visitor, lead: Visitor) -> None:
    """One makes the copy, another one publishes it."""
    officer.open(f"/publications/new/{NUMBER}")
    officer.look("handoff_copy_new")
    officer.press("写しを作る")
    if officer.page.locator(".error-summary").count():
        officer.page.get_by_label(re.compile("公表してよいことを確かめました")).check()
        officer.press("写しを作る")
    message(officer, "公表の写しを作りました")
    officer.look("handoff_copy")
    lead.open("/publications")
    lead.look("handoff_publications")
    lead.page.get_by_label(f"{NUMBER}を選ぶ").check()
    lead.press("選んだ写しを確かめて公表へ進む")
    lead.look("handoff_publish")
    lead.press("1件を公表する")
    message(lead, "1件の公表を決めました")


def test_case_is_answered_released_and_published(visit: Visit) -> None:
    officer, second, lead = visit("officer1"), visit("officer2"), visit("lead")
    drafter, coordinator, other = visit("mhlw"), visit("mhlw-coord"), visit("digital-coord")
    manager, observer, stranger = visit("pref-mgr"), visit("observer"), visit()
    before = main_text(manager, CASE)

    send_to(officer, MAIN, "lead")
    send_to(officer, OTHER, "related")
    refuse(other)
    reroute_and_recall(officer)
    acknowledge(coordinator)
    answer(drafter, coordinator, "will_consider", FIRST)
    ask_again(officer)
    answer(drafter, coordinator, "will_act", SECOND)
    untold = main_text(manager, CASE)
    release(lead)
    file_view(manager)
    settle_and_close(officer, lead)
    hidden = main_text(stranger, f"/public{CASE}")
    publish(second, lead)

    assert untold == before
    assert SECOND not in hidden
    told = main_text(stranger, f"/public{CASE}")
    assert [words in told for words in (SECOND, VIEW, "甲県", FIRST)] == [True, True, True, False]
    stranger.look("handoff_public_case")
    stranger.open("/public/proposals?q=" + NUMBER)
    stranger.look("handoff_public_list")
    assert SECOND not in main_text(observer, "/")
    people = (officer, second, lead, drafter, coordinator, other, manager, observer, stranger)
    assert [person.complaints for person in people] == [[]] * len(people)
