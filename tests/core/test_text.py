"""Text (文字列)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import text

KATSURAGI = "葛\U000e0100城市"  # 葛 with the IVS that 葛城市 uses
FAMILY = "👨\u200d👩\u200d👧"

# What has broken other systems, in any order, besides whatever else Unicode has.
PIECES = st.lists(
    st.sampled_from(
        [
            *"\r\n\t\0\u3000 ガｶﾞか\u3099\u309a㈱①髙﨑𠮷ーヷワ゛ｰ⽥ßİ\u0345\u200d\u200b\u202e\ud800",
            "\r\n",
            *(KATSURAGI, FAMILY, "🇯🇵", "🇯", "1️⃣", "👍🏽"),
        ]
    )
).map("".join)
TEXTS = st.text() | PIECES


def test_normalize_input_composes_letters() -> None:
    assert text.normalize_input("か\u3099はぎ") == "がはぎ"


@pytest.mark.parametrize(
    "typed", ["髙﨑①㈱ⅲ", "ｶﾞｲﾄﾞ１２３", KATSURAGI, FAMILY, "𠮷野家", "⽥⾏⾦⾰"]
)
def test_normalize_input_keeps_letters_as_typed(typed: str) -> None:
    assert text.normalize_input(typed) == typed


@pytest.mark.parametrize(
    "line_break", ["\r\n", "\r", "\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"]
)
def test_normalize_input_knows_one_line_break(line_break: str) -> None:
    assert text.normalize_input(f"一{line_break}二") == "一\n二"


def test_normalize_input_keeps_an_empty_line() -> None:
    assert text.normalize_input("一\r\n\r\n二") == "一\n\n二"


def test_normalize_input_turns_tabs_into_blanks() -> None:
    assert text.normalize_input("団体\t名") == "団体 名"


@pytest.mark.parametrize(
    "hidden",
    [
        *("\0", "\x1b", "\x7f", "\x9f", "\u202e", "\u2066", "\u200f", "\u061c"),
        *("\ufeff", "\u200b", "\ud83d", "\ufffe", "\U0001ffff"),
    ],
)
def test_normalize_input_removes_what_nobody_sees(hidden: str) -> None:
    assert text.normalize_input(f"甲{hidden}乙") == "甲乙"


def test_normalize_input_composes_across_a_removed_character() -> None:
    assert text.normalize_input("か\u200b\u3099") == "が"


@pytest.mark.parametrize("blank", [" ", "\u3000", "\xa0", "\n", "\t", "\ufeff"])
def test_normalize_input_trims_outer_blanks(blank: str) -> None:
    assert text.normalize_input(f"{blank}甲　乙{blank}") == "甲　乙"


@given(TEXTS)
def test_normalize_input_twice_changes_nothing(typed: str) -> None:
    once = text.normalize_input(typed)

    assert text.normalize_input(once) == once


@given(TEXTS)
def test_normalize_input_gives_text_that_can_be_stored(typed: str) -> None:
    stored = text.normalize_input(typed)

    assert stored.encode().decode() == stored
    assert unicodedata.is_normalized("NFC", stored)
    assert [c for c in stored if unicodedata.category(c) in {"Cc", "Cs"} and c != "\n"] == []


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("", 0),
        ("共通化", 3),
        ("共通\n化\n", 3),
        ("共通\r\n化", 3),
        ("甲　乙 丙", 5),
        ("𠮷野家", 3),
        (KATSURAGI, 3),
        ("が", 1),
        ("か\u3099", 1),
        ("か\u309a", 1),
        ("ｶﾞ", 1),
        ("①㈱髙", 3),
        ("한국", 2),
        (FAMILY, 1),
        ("👍🏽", 1),
        ("❤️", 1),
        ("1️⃣", 1),
        ("🇯🇵", 1),
        ("🇯🇵🇰🇷", 2),
        ("🇯🇵🇰", 2),
        ("🏳️\u200d🌈旗", 2),
        ("👩\u200d\n👩", 2),
        ("甲\u200d乙", 2),
        ("\u3099", 1),
        ("甲\u200b\u202e乙", 2),
    ],
)
def test_count_characters_counts_as_a_person_does(typed: str, count: int) -> None:
    assert text.count_characters(typed) == count


@given(TEXTS, TEXTS)
def test_count_characters_of_two_lines_is_their_sum(first: str, second: str) -> None:
    both = text.count_characters(f"{first}\n{second}")

    assert both == text.count_characters(first) + text.count_characters(second)


@given(TEXTS)
def test_count_characters_is_the_same_before_and_after_composing(typed: str) -> None:
    decomposed = unicodedata.normalize("NFD", typed)

    assert text.count_characters(decomposed) == text.count_characters(typed)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ＪグランツＡ", "jぐらんつa"),
        ("ｶﾞｲﾄﾞﾗｲﾝ", "がいどらいん"),
        ("⽥⾏⾦⾰", "田行金革"),
        ("㈱①", "(株)1"),
        (KATSURAGI, "葛城市"),
        ("ヴァヽヾ", "ゔぁゝゞ"),
        ("子ども　 子育て\r\n支援", "子ども 子育て 支援"),
        ("J\tGrants", "j grants"),
        ("straße", "STRASSE"),
        ("ΐ", "Ϊ́"),
        ("共\u200b通", "共通"),
        ("ｼｽﾃﾑ", "しすてむ"),
        ("サーバー", "さーば"),
        ("さーばー", "サーバ"),
        ("ｺﾝﾋﾟｭｰﾀｰ", "コンピュータ"),
        ("サーバー室・ユーザー", "サーバ室・ユーザ"),
        ("サーバーの更新", "サーバの更新"),
        ("サーバーー", "サーバ"),
        ("データー", "データ"),
    ],
)
def test_search_key_makes_equal_what_a_person_takes_for_equal(first: str, second: str) -> None:
    assert text.search_key(first) == text.search_key(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("データ", "でた"),
        ("コーヒー", "コヒ"),
        ("ビール", "ビル"),
        ("キー", "キ"),
        ("髙", "高"),
        ("はは", "ばば"),
        ("戸籍", "戸 籍"),
    ],
)
def test_search_key_keeps_different_words_apart(first: str, second: str) -> None:
    assert text.search_key(first) != text.search_key(second)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("サーバー", "さーば"),
        ("コーヒー", "こーひ"),
        ("データベース", "でーたべーす"),
        ("キー", "きー"),
        ("ICカード", "icかーど"),
        ("サーバールーム", "さーばーるーむ"),
    ],
)
def test_search_key_drops_the_long_vowel_mark_at_the_end_of_a_word(typed: str, key: str) -> None:
    assert text.search_key(typed) == key


@pytest.mark.parametrize(
    ("term", "typed"),
    [
        ("サーバー", "ファイルサーバを更新"),
        ("サーバ", "さーばーるーむ"),
        ("コピー", "カラーコピー機"),
        ("コンピューター", "コンピュータシステム"),
        ("カード", "マイナンバーカードの"),
        ("ユーザー", "ユーザー管理"),
    ],
)
def test_search_key_of_a_term_is_part_of_the_key_of_its_text(term: str, typed: str) -> None:
    assert text.search_key(term) in text.search_key(typed)


@given(TEXTS)
def test_search_key_twice_changes_nothing(typed: str) -> None:
    once = text.search_key(typed)

    assert text.search_key(once) == once


@given(TEXTS | st.text(st.sampled_from("\n aＡ～サさーヴヶゔゖヺ・、。〃〈】一龥龻鿿1１!！")))
def test_search_key_is_the_same_whether_or_not_there_is_something_to_clean_away(typed: str) -> None:
    # A zero-width space is dropped, and sends the text the long way.
    assert text.search_key(typed) == text.search_key(f"{typed}\u200b")


@pytest.mark.parametrize(
    ("term", "pattern"),
    [
        ("戸籍", "%戸籍%"),
        ("100%", "%100\\%%"),
        ("a_b", "%a\\_b%"),
        ("c:\\d", "%c:\\\\d%"),
        ("", "%%"),
    ],
)
def test_like_pattern_takes_the_term_literally(term: str, pattern: str) -> None:
    assert text.like_pattern(term) == pattern


@pytest.mark.parametrize("typed", [None, "", " ", "\u3000\n\t", "\u200b\ufeff", "\0\u202e"])
def test_is_blank_finds_nothing_to_see(typed: str | None) -> None:
    assert text.is_blank(typed) is True


@pytest.mark.parametrize("typed", ["甲", "　-　", "0", KATSURAGI])
def test_is_blank_finds_something_to_see(typed: str) -> None:
    assert text.is_blank(typed) is False
