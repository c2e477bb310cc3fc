"""What changed between two texts (新旧の差分)."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.difference import LONGEST_BY_CHARACTER, Change, Piece, difference


def test_difference_marks_single_characters() -> None:
    found = difference("公民館の鍵を貸す", "体育館の鍵を貸し出す")

    assert found == [
        Piece(Change.REMOVED, "公民"),
        Piece(Change.ADDED, "体育"),
        Piece(Change.SAME, "館の鍵を貸"),
        Piece(Change.ADDED, "し出"),
        Piece(Change.SAME, "す"),
    ]


def test_difference_of_equal_texts_is_one_piece() -> None:
    assert difference("同じ", "同じ") == [Piece(Change.SAME, "同じ")]


def test_difference_of_empty_texts_is_nothing() -> None:
    assert difference("", "") == []


def test_difference_of_long_texts_compares_lines() -> None:
    line = "あ" * LONGEST_BY_CHARACTER

    found = difference(f"{line}\n前", f"{line}\n後")

    assert found == [
        Piece(Change.SAME, f"{line}\n"),
        Piece(Change.REMOVED, "前"),
        Piece(Change.ADDED, "後"),
    ]


@given(st.text(alphabet="あいう\n", max_size=40), st.text(alphabet="あいう\n", max_size=40))
def test_difference_holds_both_texts_whole(before: str, after: str) -> None:
    found = difference(before, after)

    old = "".join(piece.text for piece in found if piece.change is not Change.ADDED)
    new = "".join(piece.text for piece in found if piece.change is not Change.REMOVED)
    assert (old, new) == (before, after)
