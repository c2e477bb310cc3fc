"""Pairs of letters of a text (2文字の組) and the words two texts share (一致した語)."""

import pytest

from app.core.text import search_key
from app.similar.letters import pairs_of, parts_of
from app.similar.words import near_sentences, shared_words


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("制度が変わることも多く、負担となっている。", ["制度", "負担"]),
        ("業務システムの共通化について", []),
        ("ごみの収集", ["ごみの", "収集"]),
        ("ひきこもりの相談", ["ひきこもりの", "相談"]),
        ("%_\\\x00", []),
        ("鍵", []),
    ],
)
def test_parts_are_the_telling_words(text: str, parts: list[str]) -> None:
    assert parts_of(text) == parts


def test_pairs_do_not_reach_from_word_to_word() -> None:
    assert pairs_of(["収集", "ごみ袋", "収集"]) == ["収集", "ごみ", "み袋"]


@pytest.mark.parametrize(
    ("text", "other", "words"),
    [
        ("ＩＣタクシー券と助成", "タクシー助成券の配布", ["タクシー", "助成"]),
        ("サーバー室の更新", "サーバ室の入退室", ["サーバー室"]),
        ("利用者の登録", "採用者の登録", ["登録"]),
        ("4,300件の届出", "1,300件の届出", ["届出"]),
        ("図書館の予約", "下水道の料金", []),
        ("条件に当てはまるひきこもり", "基準に当てはまる、ひきこもり", ["ひきこもり"]),
        ("ひきこもりの相談", "相談とひきこもり", ["ひきこもり", "相談"]),
    ],
)
def test_shared_words_stand_as_they_were_typed(text: str, other: str, words: list[str]) -> None:
    assert shared_words(text, search_key(other), {}) == words


def test_weightier_words_come_first() -> None:
    words = shared_words("国民健康保険と軽自動車", "軽自動車と国民健康保険", {"軽自": 9.0})

    assert words == ["軽自動車", "国民健康保険"]


def test_near_sentences_are_the_two_that_mean_the_same() -> None:
    found = near_sentences(
        "職員の給与を計算する。迷い犬の飼い主を探す。",
        ["橋を点検する。保護した動物を返還する。", ""],
    )

    assert found == [("迷い犬の飼い主を探す", "保護した動物を返還する"), None]


def test_texts_without_a_sentence_have_no_near_ones() -> None:
    assert near_sentences("", ["橋を点検する。"]) == [None]
