"""What changed between two texts, character by character (新旧の差分)."""

from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

# Beyond this the comparison of every pair of characters takes seconds: whole lines are compared.
LONGEST_BY_CHARACTER = 4_000


class Change(StrEnum):
    """What became of a piece of text (差分の種類)."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


class Piece(NamedTuple):
    """A run of characters that stayed, went or came (差分の断片)."""

    change: Change
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """Pieces that lead from one text to the other, in reading order (新旧の差分).

    Japanese has no blanks between words, so single characters are compared; texts of more than
    LONGEST_BY_CHARACTER characters line by line. What went stands before what came in its place.
    """
    if max(len(before), len(after)) > LONGEST_BY_CHARACTER:
        return _pieces(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return _pieces(list(before), list(after))


def _pieces(before: list[str], after: list[str]) -> list[Piece]:
    found: list[Piece] = []
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            found.append(Piece(Change.SAME, "".join(before[start:end])))
            continue
        if end > start:
            found.append(Piece(Change.REMOVED, "".join(before[start:end])))
        if new_end > new_start:
            found.append(Piece(Change.ADDED, "".join(after[new_start:new_end])))
    return found
