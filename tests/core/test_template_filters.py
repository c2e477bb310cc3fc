"""Parts of the pages that every feature may use (画面の部品)."""

import re

from flask import Flask, render_template_string

TEXT_DIFFERENCE = (
    '{% from "components/difference.html" import text_difference %}'
    "{{ text_difference(before, after) }}"
)


def shown(app: Flask, before: str, after: str) -> str:
    with app.test_request_context():
        page = render_template_string(TEXT_DIFFERENCE, before=before, after=after)
    return re.sub(r' class="[^"]*"', "", page).strip()


def test_difference_marks_what_went_and_came_in_words_too(app: Flask) -> None:
    page = shown(app, "窓口へ 行く", "役所へ 行く")

    assert page == (
        "<p><del><span>［削除］</span>窓口<span>［削除終わり］</span></del>"
        "<ins><span>［追加］</span>役所<span>［追加終わり］</span></ins>へ 行く</p>"
    )


def test_difference_shows_markup_as_text(app: Flask) -> None:
    page = shown(app, "", "<b>")

    assert page == "<p><ins><span>［追加］</span>&lt;b&gt;<span>［追加終わり］</span></ins></p>"


def test_difference_of_nothing_says_so(app: Flask) -> None:
    page = shown(app, "", "")

    assert page == "<p><span>入力なし</span></p>"
