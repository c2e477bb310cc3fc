"""Numbers, codes, headers and answers as people type them (表記のゆれ)."""

import pytest

from app.exchange.answers import Ministries, UnreadableAnswer, read_answer, written
from app.exchange.columns import ExchangeColumn, header_key, match_header
from app.exchange.keys import draft_id_in, folded_number, is_ditto, repaired_code
from app.rounds.models import FieldKind, FormField

NO_MINISTRIES = Ministries(names={}, ids={}, rows=())
NEW, REFORM, TIMELY = (
    "is_viewpoint_new_issue",
    "is_viewpoint_reform_burden",
    "is_viewpoint_timely_data",
)


def field(kind: FieldKind, *choices: str) -> FormField:
    return FormField(name="x", kind=kind, label="項目", choices=list(choices))


@pytest.mark.parametrize(
    ("typed", "number"),
    [("R6-0001", "R6-0001"), ("ｒ６－０００１", "R6-0001"), (" R6‐0001 ", "R6-0001"), ("", "")],
)
def test_receipt_number_is_read_in_any_width(typed: str, number: str) -> None:
    assert folded_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("010006", "010006"),
        ("10006", "010006"),
        ("１０００６", "010006"),
        ("13000", "13000"),
        ("130001", "130001"),
        ("", ""),
    ],
)
def test_code_gets_its_zero_back_only_with_proof(typed: str, code: str) -> None:
    assert repaired_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "number"), [("12", 12), ("１２", 12), ("12.5", None), ("-1", None), ("9" * 10, None)]
)
def test_draft_id_is_a_plain_number(typed: str, number: int | None) -> None:
    assert draft_id_in(typed) == number


@pytest.mark.parametrize(
    ("text", "is_one"), [("〃", True), (" 同上 ", True), ("同上の措置", False), ("", False)]
)
def test_ditto_is_the_whole_cell(text: str, is_one: bool) -> None:
    assert is_ditto(text) is is_one


@pytest.mark.parametrize(
    "label", ["求める措置", " 求める　措置", "求める措置　※必須", "求める措置*"]
)
def test_header_is_found_whatever_stands_around_it(label: str) -> None:
    assert header_key(label) == "求める措置"


def test_header_tells_known_unknown_and_doubled_labels() -> None:
    columns = [ExchangeColumn("title", "提案概要", other_labels=("題",)), ExchangeColumn("a", "甲")]

    match = match_header(["メモ", "題", "", "提案概要", "取込みの誤り"], columns)

    assert {place: column.name for place, column in match.columns.items()} == {1: "title"}
    assert (match.unknown, match.doubled) == (["メモ"], ["提案概要"])


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("", []),
        ("ⅰ", [NEW]),
        ("ⅰ、ⅲ", [NEW, TIMELY]),
        ("ⅲⅰ", [NEW, TIMELY]),
        ("Ⅱ", [REFORM]),
        ("1, 2", [NEW, REFORM]),
        ("ii・iii", [REFORM, TIMELY]),
        ("２及び３", [REFORM, TIMELY]),
    ],
)
def test_viewpoints_are_read_in_any_notation(typed: str, chosen: list[str]) -> None:
    assert read_answer(field(FieldKind.VIEWPOINTS), typed, NO_MINISTRIES) == chosen


@pytest.mark.parametrize("typed", ["ⅳ", "iiii", "全部", "4"])
def test_unknown_viewpoints_are_refused(typed: str) -> None:
    with pytest.raises(UnreadableAnswer):
        read_answer(field(FieldKind.VIEWPOINTS), typed, NO_MINISTRIES)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("はい", "yes"), ("TRUE", "yes"), ("○", "yes"), ("いいえ", "no"), ("×", "no"), ("", "")],
)
def test_yes_and_no_are_read_and_written(typed: str, value: str) -> None:
    asked = field(FieldKind.YES_NO)

    assert read_answer(asked, typed, NO_MINISTRIES) == value
    assert written(asked, value, NO_MINISTRIES) == {"yes": "はい", "no": "いいえ"}.get(value, "")


def test_choice_is_read_by_its_words() -> None:
    asked = field(FieldKind.CHOICE, "新規", "更 新")

    assert read_answer(asked, "更新", NO_MINISTRIES) == "更 新"
    with pytest.raises(UnreadableAnswer, match="次のいずれかを書いてください：新規、更 新"):
        read_answer(asked, "廃止", NO_MINISTRIES)


@pytest.mark.parametrize("typed", ["", "分からない", "不明"])
def test_unknown_ministry_is_none(typed: str) -> None:
    assert read_answer(field(FieldKind.MINISTRY), typed, NO_MINISTRIES) is None
