"""Hits in the text as it was typed (該当箇所)."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.text import folded_with_origins, search_key
from app.search.highlights import Piece, pieces_of, snippet_of


def hits_in(text: str, *words: str) -> list[str]:
    pieces = pieces_of(text, [search_key(word) for word in words])
    return [piece.text for piece in pieces if piece.is_hit]


def test_hits_are_marked_as_typed() -> None:
    assert hits_in("住民のｼｽﾃﾑとしすてむ、サーバーの話", "システム", "サーバ") == [
        "ｼｽﾃﾑ",
        "しすてむ",
        "サーバー",
    ]
    assert hits_in("⽥⾏と葛\U000e0100飾、㈱のガ\u3099", "田行", "葛飾", "(株)") == [
        "⽥⾏",
        "葛\U000e0100飾",
        "㈱",
    ]


def test_hits_that_touch_or_overlap_are_one_where_they_overlap() -> None:
    assert pieces_of("戸籍情報", ["戸籍情", "情報"]) == [Piece("戸籍情報", is_hit=True)]


def test_snippet_begins_before_the_first_hit_and_says_what_is_left_out() -> None:
    found = snippet_of("あ" * 100 + "戸籍" + "い" * 300, ["戸籍"])

    assert found == [
        Piece("…", is_hit=False),
        Piece("あ" * 30, is_hit=False),
        Piece("戸籍", is_hit=True),
        Piece("い" * 108, is_hit=False),
        Piece("…", is_hit=False),
    ]
    assert snippet_of("あ", ["戸籍"]) == []


@settings(max_examples=200)
@given(text=st.text(alphabet="カがサーバﾊﾞﾞ゛ー゙ 　\nA㈱ﬁ葛\U000e0100e\u0301ß", max_size=30))
def test_origins_belong_to_the_folded_text(text: str) -> None:
    folded = folded_with_origins(text)

    if folded is not None:
        key, origins = folded
        assert key == search_key(text)
        assert len(origins) == len(key)
        assert origins == sorted(origins)
    assert "".join(piece.text for piece in pieces_of(text, ["か", "さ"])) == text
