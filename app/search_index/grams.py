"""Letters and pairs of letters of a folded text (文字と2文字組): what the index is made of.

A word of Japanese has no borders, and many have two letters (戸籍): pairs find both without a
dictionary. They only say where a word may stand; whether it does is read in the text itself.
"""

from itertools import pairwise

# A prime spreads the pairs; two that meet cost one look at a text, never a false hit.
_SPREAD = 40_503
_LARGEST = 0x7FFFFFFF  # of an integer of PostgreSQL
_LINE_END = ord("\n")


def grams_of_text(folded: str) -> set[int]:
    """Numbers of all letters and pairs of a folded text (索引語)."""
    # Every saving comes by: numbers from the start, several times as fast as through the pairs.
    letters = [ord(letter) for letter in folded]
    pairs = {
        (first * _SPREAD + second) & _LARGEST
        for first, second in pairwise(letters)
        if _LINE_END not in (first, second)
    }
    return pairs | {letter for letter in letters if letter != _LINE_END}


def grams_of_word(key: str) -> set[int]:
    """Numbers that every text with this folded word has: its pairs, or its only letter."""
    if len(key) == 1:
        return {_number(key)}
    return {_number(first + second) for first, second in pairwise(key)}


def as_words(grams: set[int]) -> str:
    """The numbers as words a full-text table takes apart at blanks (索引語の並び)."""
    return " ".join(map("g%x".__mod__, sorted(grams)))


def _number(gram: str) -> int:
    number = ord(gram[0])
    for letter in gram[1:]:
        number = number * _SPREAD + ord(letter)
    return number & _LARGEST
