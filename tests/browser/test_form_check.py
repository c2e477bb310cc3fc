"""The form check in a browser (形式確認): marks kept while one works, phrases put into reasons."""

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Visitor

Visit = Callable[..., Visitor]


def open_check(officer: Visitor, position: int) -> str:
    """Open the form check of a case that waits in the practice round; return its number."""
    officer.open("/triage?round=R8")
    waiting = officer.page.locator("section[aria-labelledby='form-check'] .receipt-number")
    number = waiting.nth(position).inner_text()
    officer.open(f"/proposals/{number}/form-check")
    return number


def line(officer: Visitor, position: int) -> Locator:
    """Line of the checklist by hand."""
    return officer.page.locator("ol.check-list > li").nth(position)


def test_marks_are_kept_without_a_button_and_then_accepted(visit: Visit) -> None:
    officer = visit("officer2")
    number = open_check(officer, 0)
    saved = officer.page.locator("[data-save-words]")

    line(officer, 0).get_by_label("免除").check()
    line(officer, 0).get_by_label("理由").fill("電話で確かめた。")
    line(officer, 1).get_by_label("良", exact=True).check()
    expect(saved).to_contain_text("に保存しました")
    officer.look("form_check_marked")
    officer.open(f"/proposals/{number}/form-check")

    expect(line(officer, 0).get_by_label("免除")).to_be_checked()
    expect(line(officer, 0).get_by_label("理由")).to_have_value("電話で確かめた。")
    for position in range(1, 6):
        line(officer, position).get_by_label("良", exact=True).check()
    officer.press("受理する")
    expect(officer.page.locator("body")).to_contain_text(f"{number}を受理しました")
    assert officer.complaints == []


def test_problem_goes_into_the_letter_with_a_phrase_beside_it(visit: Visit) -> None:
    officer = visit("officer2")
    open_check(officer, 0)

    line(officer, 0).get_by_label("問題あり").check()
    line(officer, 0).get_by_label("理由").fill("2つの業務が書かれています。")
    line(officer, 0).get_by_role("button", name="補正の文に入れる").click()
    officer.page.get_by_text("2行目から").or_(officer.page.locator("#items-1-phrase")).first.click()
    officer.page.select_option("#items-1-phrase", label="効果が分からない")

    expect(officer.page.locator("#items-0-reason")).to_have_value("2つの業務が書かれています。")
    expect(officer.page.locator("#items-1-field")).to_have_value("effect")
    officer.press("団体が読む文を確かめる")
    letter = officer.page.get_by_role("region", name="補正の依頼文")
    expect(letter).to_contain_text("1　提案全体")
    expect(letter).to_contain_text("2　制度改正の効果")
    officer.look("form_check_preview")


def test_checklist_works_without_a_script(visit: Visit) -> None:
    officer = visit("officer2", with_script=False)
    number = open_check(officer, 0)

    line(officer, 2).get_by_label("良", exact=True).check()
    officer.press("確認の結果を保存する")

    expect(officer.page.locator("body")).to_contain_text("確認の結果を保存しました")
    officer.open(f"/proposals/{number}/form-check")
    expect(line(officer, 2).get_by_label("良", exact=True)).to_be_checked()
