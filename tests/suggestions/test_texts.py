"""Cutting and folding the text of a proposal (比べる文)."""

import pytest

from app.suggestions.texts import CaseText, Sentence, fold, sentences_of


def test_sentences_know_where_they_stand() -> None:
    text = "　家賃を計算する。\n 収納を行う！短"

    found = list(sentences_of("detail", text))

    assert [row.text for row in found] == ["家賃を計算する。", "収納を行う！"]
    assert [text[row.start : row.end] for row in found] == [row.text for row in found]


def test_a_long_sentence_is_cut_to_the_clauses_that_meet() -> None:
    text = "前置きとして長い説明がここにあり、" * 4 + "公営住宅の家賃を計算し、通知を送る。"
    [sentence] = sentences_of("detail", text)
    start = text.index("公営住宅")

    span = sentence.around([(start, start + 4)])

    assert span.text == "公営住宅の家賃を計算し"
    assert text[span.start : span.end] == span.text


def test_a_short_sentence_is_quoted_without_its_full_stop() -> None:
    sentence = Sentence("detail", 3, 12, "公営住宅の家賃です。")

    assert sentence.around([(0, 4)]).text == "公営住宅の家賃です"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ＮＨＫ・サーバー", "nhk・さば"),
        ("ﾊﾞｽとガス", "ばすとがす"),
        ("㈱の届出", "(株)の届出"),
    ],
)
def test_folding_keeps_where_each_letter_stood(text: str, key: str) -> None:
    folded = fold(text)

    assert folded.key == key
    assert len(folded.origins) == len(folded.key)
    assert folded.where(0, len(folded.key), text) == (0, len(text))


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("56", {56}),
        ("令和6年 79、56", {79, 56}),
        ("2024年度-4", {4}),
        ("なし", set()),
        ("9" * 16, set()),
    ],
)
def test_control_numbers_are_read_without_the_year(typed: str, numbers: set[int]) -> None:
    assert CaseText({}, control_number=typed).given_numbers == numbers
