"""Words a sentence shares with the names of a row (語の一致)."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.suggestions.row_names import RowName, RowNames, Weights, pairs_of
from app.suggestions.texts import Sentence

SHORTEST_RUN = 3  # letters; a shorter run tells little unless it is a whole part of the name
SHORT_RUN_SHARE = 0.3
LEAST_SHARE = 0.12  # a name that shares less is not looked at
MOST = 1.5  # a sentence cannot tell more of a row than this
# Nothing but hiragana is grammar, not a field of work.
_GRAMMAR = re.compile("[ぁ-ん]+")
_KANJI = re.compile("[一-鿿々]")


@dataclass(frozen=True)
class Match:
    """A sentence and the name of a row it shares words with; `share` is 1 for all that tells."""

    sentence: Sentence
    name: RowName
    share: float
    is_whole: bool
    runs: tuple[str, ...]

    def places(self) -> list[tuple[int, int]]:
        """Where the shared words stand in the sentence."""
        folded = self.sentence.folded
        starts = [(folded.key.find(run), len(run)) for run in self.runs]
        return [folded.where(start, start + length, self.sentence.text) for start, length in starts]

    def terms(self) -> list[str]:
        """The shared words as they were typed."""
        return [self.sentence.text[start:end] for start, end in self.places()]


class Matcher:
    """Compares sentences with the rows of the registers (台帳との突合)."""

    def __init__(self, rows: Sequence[RowNames]) -> None:
        self._weights = Weights(rows)
        self._names = [(index, name) for index, row in enumerate(rows) for name in row.names]
        self._totals = [self._weights.of_name(name) for _, name in self._names]
        self._held: dict[str, list[int]] = defaultdict(list)
        # Names of nothing but words that stand everywhere are met as a whole or not at all.
        self._plain: list[int] = []
        for number, (_, name) in enumerate(self._names):
            for pair in name.folded.pairs:
                self._held[pair].append(number)
            if not name.folded.pairs and len(name.folded.key) > 1:
                self._plain.append(number)

    def matches(self, sentence: Sentence) -> list[tuple[int, Match]]:
        """Names a sentence shares something telling with, each with the index of its row."""
        found = []
        for number in self._worth_looking(sentence):
            index, name = self._names[number]
            match = self._match(sentence, name, self._totals[number])
            if match is not None:
                found.append((index, match))
        return found

    def _worth_looking(self, sentence: Sentence) -> list[int]:
        shared: dict[int, float] = defaultdict(float)
        for pair in sorted(set(pairs_of(sentence.folded.key))):
            weight = self._weights.of(pair)
            for number in self._held.get(pair, ()):
                shared[number] += weight
        worth = [n for n, weight in shared.items() if weight >= LEAST_SHARE * self._totals[n]]
        return sorted([*worth, *self._plain])

    def _match(self, sentence: Sentence, name: RowName, total: float) -> Match | None:
        key, folded = sentence.folded.key, name.folded
        if folded.key in key:
            return Match(sentence, name, 1.0, True, (folded.key,))
        runs = [(run, part) for part in folded.parts for run in _runs(part, key)]
        told = sum(self._told(run, part, key) for run, part in runs)
        share = min(told / total, MOST)
        return Match(sentence, name, share, False, tuple(run for run, _ in runs)) if runs else None

    def _told(self, run: str, part: str, key: str) -> float:
        tells_little = (len(run) < SHORTEST_RUN and run != part) or _is_cut(run, part, key)
        return self._weights.of(run) * (SHORT_RUN_SHARE if tells_little else 1)


@lru_cache(maxsize=8)
def matcher_of(rows: tuple[RowNames, ...]) -> Matcher:
    """Matcher of some rows, kept until a name changes (台帳との突合)."""
    return Matcher(rows)


def _runs(part: str, key: str) -> list[str]:
    """Longest runs of two letters or more that both have, grammar left out."""
    runs, start = [], 0
    while start < len(part) - 1:
        end = start + 1
        while end < len(part) and part[start : end + 1] in key:
            end += 1
        if end - start > 1:
            runs.append(part[start:end])
        start = end if end - start > 1 else start + 1
    return [run for run in runs if not _GRAMMAR.fullmatch(run)]


def _is_cut(run: str, part: str, key: str) -> bool:
    """Whether both have the run only as the end of different words: 農|地台帳 and 林|地台帳."""
    in_part, in_key = part.find(run), key.find(run)
    return bool(
        in_part > 0
        and in_key > 0
        and _KANJI.fullmatch(part[in_part - 1])
        and _KANJI.fullmatch(key[in_key - 1])
    )
