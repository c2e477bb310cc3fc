"""A summary made of the proposal's own sentences (要約, T4)."""

import pytest

from app.suggestions.summary import SHORTEST_TEXT, summarize

ASKED = "公営住宅の家賃の算定に使う所得情報を、標準準拠システムから自動で連携することを求める。"
HURTS = "家賃の算定のたびに税の担当課へ所得の照会を行い、職員が手で入力している。"
BRINGS = "家賃の算定の手作業がなくなり、入力の誤りを防ぐことができる。"
FILLER = "なお、当市の人口はおよそ十万人である。"
FULL = {
    "detail": "（背景）\n" + "公営住宅の家賃の算定には、入居者の所得の情報が要る。" * 8,
    "requested_measure": f"求める措置\n{ASKED}\n以上。",
    "hardship_case": f"{FILLER}\n{HURTS}",
    "effect": f"{BRINGS}\n{FILLER}",
}


def words(fields: dict[str, str]) -> list[tuple[str, str]]:
    return [(row.field, row.text) for row in summarize(fields)]


def test_t4_summary_is_one_sentence_of_each_field_nearest_to_the_whole() -> None:
    assert words(FULL) == [
        ("requested_measure", ASKED),
        ("hardship_case", HURTS),
        ("effect", BRINGS),
    ]


def test_t4_each_line_stands_word_for_word_at_its_place() -> None:
    found = summarize(FULL)

    assert [FULL[row.field][row.start : row.end] for row in found] == [row.text for row in found]


@pytest.mark.parametrize(
    ("left_blank", "fields"),
    [
        ("requested_measure", ["detail", "hardship_case", "effect"]),
        ("hardship_case", ["requested_measure", "effect"]),
        ("effect", ["requested_measure", "hardship_case"]),
    ],
)
def test_blank_field_gives_no_line_and_details_stand_for_what_is_asked(
    left_blank: str, fields: list[str]
) -> None:
    assert [field for field, _text in words({**FULL, left_blank: ""})] == fields


def test_sentence_written_in_two_fields_is_taken_once() -> None:
    assert words({**FULL, "effect": HURTS})[1:] == [("hardship_case", HURTS)]


@pytest.mark.parametrize(("length", "lines"), [(SHORTEST_TEXT, 1), (SHORTEST_TEXT - 1, 0)])
def test_short_text_has_no_summary(length: int, lines: int) -> None:
    assert len(words({"detail": "あ" * length})) == lines


@pytest.mark.parametrize("text", ["", "\n" * 400, "。" * 400, " 。\n" * 200])
def test_text_without_sentences_has_no_summary(text: str) -> None:
    assert words({"detail": text, "effect": text}) == []
