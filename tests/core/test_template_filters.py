"""Parts of the pages that every feature may use (画面の部品)."""

import re

import pytest
from flask import Flask, render_template_string

from app.core.template_filters import option_lines

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


@pytest.mark.parametrize(
    ("options", "chosen", "expected"),
    [
        (
            [("a", "甲"), ("b", "乙")],
            "b",
            '<option value="a">甲</option>\n<option value="b" selected>乙</option>\n',
        ),
        (
            [('"><b', "<i>&"), (2, "2件")],
            2,
            '<option value="&#34;&gt;&lt;b">&lt;i&gt;&amp;</option>\n'
            '<option value="2" selected>2件</option>\n',
        ),
        (
            [("a\0b", "甲\0乙"), ("c", "")],
            "",
            '<option value="ab">甲乙</option>\n<option value="c"></option>\n',
        ),
        ([], "", ""),
    ],
)
def test_options_are_escaped_and_the_chosen_one_is_marked(
    options: list[tuple[object, object]], chosen: object, expected: str
) -> None:
    assert option_lines(options, chosen) == expected
