"""Words of the work of local governments (業務と機能の語): data, read once.

`duties.csv` lists under which names a duty (業務) goes, `functions.csv` which words tell what a
system does for it (機能の種類). Both are general knowledge of the office, no list of systems.
"""

import csv
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parent / "data"


class Found(NamedTuple):
    """A word of the vocabulary in a text (語の一致): what it stands for, and where it stands."""

    meaning: str
    start: int
    end: int


class Words:
    """One list of words (語の表): finds the longest ones in a folded text, none inside another."""

    def __init__(self, meanings: dict[str, str]) -> None:
        self._meanings = meanings
        ordered = sorted(meanings, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(map(re.escape, ordered)))

    def find(self, folded: str) -> list[Found]:
        """Every word in the text, from left to right."""
        return [
            Found(self._meanings[match.group()], match.start(), match.end())
            for match in self._pattern.finditer(folded)
        ]


def fold_in_place(text: str) -> str:
    """Fold width and case without moving a letter (位置を保つ正規化): spans stay true."""
    return "".join(map(_fold_letter, text))


def _fold_letter(letter: str) -> str:
    folded = unicodedata.normalize("NFKC", letter).lower()
    return folded if len(folded) == 1 else letter


@lru_cache(maxsize=1)
def duty_words() -> Words:
    """Names of the duties (業務の呼び名)."""
    return _read("duties.csv", "duty", "names")


@lru_cache(maxsize=1)
def function_words() -> Words:
    """Words for what a system does (機能の語)."""
    return _read("functions.csv", "kind", "words")


def _read(file_name: str, meaning: str, words: str) -> Words:
    with (DATA / file_name).open(encoding="utf-8", newline="") as file:
        return Words(
            {
                fold_in_place(word): row[meaning]
                for row in csv.DictReader(file)
                for word in row[words].split("|")
            }
        )
