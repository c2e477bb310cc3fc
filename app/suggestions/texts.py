"""The text of a proposal as it is compared (比べる文): cut into sentences, folded by the letter.

Every piece knows where it stands in the field as it was typed, so that a quote is word for word.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.core.text import search_key

# In the order in which a body writes them; 提案概要 and 求める措置 say what the proposal is about.
FIELDS = ("title", "detail", "requested_measure", "hardship_case", "effect")
LONGEST_QUOTE = 70  # characters; a longer sentence is cut to the clauses that meet
SHORTEST_SENTENCE = 4  # characters

_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")
_CLAUSE = re.compile(r"[^、。]+[、。]?")
_NUMBER = re.compile(r"(?<!\d)\d{1,9}(?!\d)")
_YEAR = re.compile(r"\w*年度?")
_VOICED_MARKS = "\uff9e\uff9f\u3099\u309a"


@dataclass(frozen=True)
class Span:
    """Some words of a proposal (引用): characters `start` to `end` of a field as it was typed."""

    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Sentence(Span):
    """A sentence of a field (文)."""

    @cached_property
    def folded(self) -> "Folded":
        """The sentence folded for comparison."""
        return fold(self.text)

    def around(self, terms: list[tuple[int, int]]) -> Span:
        """Clauses of a long sentence from the first to the last of some terms; else all of it."""
        if len(self.text) <= LONGEST_QUOTE or not terms:
            return self._cut(0, len(self.text))
        first, last = min(start for start, _ in terms), max(end for _, end in terms)
        clauses = [match.span() for match in _CLAUSE.finditer(self.text)]
        met = [(start, end) for start, end in clauses if end > first and start < last]
        return self._cut(met[0][0], met[-1][1])

    def _cut(self, start: int, end: int) -> Span:
        words = self.text[start:end].rstrip("、。 　")
        start += len(words) - len(words.lstrip())
        words = words.lstrip()
        begin = self.start + start
        return Span(self.field, begin, begin + len(words), words)


@dataclass(frozen=True)
class Folded:
    """A text folded letter by letter; `origins[i]` is where letter i of `key` stood in it."""

    key: str
    origins: tuple[int, ...]

    def where(self, start: int, end: int, text: str) -> tuple[int, int]:
        """Place in the text of letters `start` to `end` of the key."""
        after = self.origins[end] if end < len(self.origins) else len(text)
        return self.origins[start], after


@dataclass(frozen=True)
class CaseText:
    """What of a proposal is compared (提案の文): its fields, 府省庁 and 管理番号 as given."""

    fields: Mapping[str, str]
    ministry_name: str = ""
    control_number: str = ""

    @cached_property
    def given_numbers(self) -> frozenset[int]:
        """Numbers among what was typed as 管理番号."""
        without_year = _YEAR.sub("", self.control_number)
        return frozenset(int(digits) for digits in _NUMBER.findall(without_year))

    @cached_property
    def sentences(self) -> list[Sentence]:
        """Sentences of all fields in their order (文)."""
        return [
            sentence
            for name in FIELDS
            for sentence in sentences_of(name, self.fields.get(name, ""))
        ]


def sentences_of(field: str, text: str) -> Iterator[Sentence]:
    """Cut a field at its full stops and line breaks (文への分割)."""
    for match in _SENTENCE.finditer(text):
        words = match.group()
        start = match.start() + len(words) - len(words.lstrip())
        words = words.strip()
        if len(words) >= SHORTEST_SENTENCE:
            yield Sentence(field, start, start + len(words), words)


def fold(text: str) -> Folded:
    """Fold a text as `search_key` does, but letter by letter, and without the long vowel mark."""
    key: list[str] = []
    origins: list[int] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and text[end] in _VOICED_MARKS:
            continue
        # NFC binds the mark of a half-width letter (ﾊﾞ) to it.
        letters = unicodedata.normalize("NFC", search_key(text[start:end])).replace("ー", "")
        key += letters
        origins += [start] * len(letters)
        start = end
    return Folded("".join(key), tuple(origins))
