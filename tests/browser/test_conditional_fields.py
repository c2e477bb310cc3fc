"""Fields that are asked only after a certain answer (条件付きの項目), with a script and without."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Visitor

Visit = Callable[..., Visitor]

PREVIEW = "/rounds/R8/form/preview"
DECIDING = "地方分権改革の提案募集にも出している"
NUMBER = "分権提案管理番号"
WORDS = f"「{DECIDING}」が「はい」のときだけ入力"


def test_field_comes_and_goes_with_the_deciding_answer_by_keyboard(visit: Visit) -> None:
    page = visit("city").page
    page.goto(page.url.rstrip("/") + PREVIEW)
    number = page.get_by_label(NUMBER)
    expect(number).to_be_hidden()

    page.get_by_role("radio", name="はい").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")

    expect(number).to_be_focused()
    expect(page.get_by_role("status").last).to_have_text(f"「{NUMBER}」の入力欄を表示しました。")


def test_what_was_typed_comes_back_with_the_answer(visit: Visit) -> None:
    page = visit("city").page
    page.goto(page.url.rstrip("/") + PREVIEW)
    group = page.get_by_role("radiogroup", name=DECIDING)
    number = page.get_by_label(NUMBER)

    group.get_by_label("はい").check()
    number.fill("12")
    group.get_by_label("いいえ").check()
    expect(number).to_be_hidden()
    group.get_by_label("はい").check()

    expect(number).to_have_value("12")


def test_form_of_the_round_without_a_script_shows_everything_with_words(visit: Visit) -> None:
    visitor = visit("city", with_script=False)
    visitor.open(PREVIEW)

    expect(visitor.page.get_by_label(NUMBER)).to_be_visible()
    expect(visitor.page.get_by_text(WORDS)).to_be_visible()


def test_form_of_the_round_with_its_conditions_open_is_sound(visit: Visit) -> None:
    visitor = visit("city")
    visitor.open(PREVIEW)

    visitor.page.get_by_role("radio", name="はい").check()

    visitor.look("form_preview")
