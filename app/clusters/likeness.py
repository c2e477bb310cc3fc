"""How alike two systems are in what they do (機能の近さ), and the words that show it.

Four things are weighed: the meaning of what the texts say without any name (encoder), the words
they share, the kinds of function, and the duty these serve. Whatever the sum, two systems are never
alike without a function that both texts can be quoted for, nor when one does only a part of what
the other does: the name alone joins nothing. Weights were fitted on one part of the labelled texts
and measured on the other (docs/clusters.md).
"""

import re
from collections import Counter
from collections.abc import Sequence
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.clusters.reading import LONGEST_GIST, LONGEST_QUOTE, Function, Reading
from app.clusters.word_pairs import word_pairs, words_in

Matrix = NDArray[np.float32]

MEANING, WORDS, KINDS, DUTY = 3.3, 6.0, 4.7, 5.3
# Kinds that no word of ours tells: words in common stand for them, up to a point.
KINDS_OF_WORDS, MOST_KINDS_OF_WORDS = 2.0, 0.6
# Where a text names no duty we know, meaning and words have to say more; two long texts resemble
# each other by their form, and have to say more still.
MEANING_ALONE, WORDS_ALONE, NO_DUTY, LONG = 5.7, 6.0, 1.0, -4.0
BASE = -10.0  # two systems are alike from a sum of 0 on
LEAST_KINDS = 0.25
LEAST_WORDS_ALONE = 0.06
LEAST_MEANING_ALONE = 0.40
APART = -20.0  # of a pair that must not be joined, whatever the others say

BROAD_KINDS = 4  # kinds of function from which on a system counts as one for the whole duty
NARROW_SHARE = 0.6  # share of the first kind from which on a system does little else
SCOPE_KINDS = 0.5
LINKS_SHOWN = 4
TELLING_PAIRS = 3  # a quote of one short word says little
STOPS = re.compile("[。、\n]")


class SharedFunction(NamedTuple):
    """A function of two systems (共通する機能) with the words of both texts."""

    kind: str
    own: str
    others: str


def likeness(readings: Sequence[Reading], vectors: Matrix, *, knows_duties: bool = True) -> Matrix:
    """How alike every two systems are; alike from 0 on, APART where they must not be joined.

    `vectors` holds the meaning of each gist, a row each. The result depends on the texts alone.
    """
    meaning = vectors @ vectors.T
    words = _cosines(_rare_words(readings))
    named = _cosines([_damped(reading.kinds) for reading in readings])
    kinds = np.maximum(named, np.minimum(MOST_KINDS_OF_WORDS, KINDS_OF_WORDS * words))
    duties = _cosines([_squared(reading.duties) for reading in readings])
    known = np.array([bool(reading.duties) and knows_duties for reading in readings])
    both = known[:, None] & known[None, :]
    score = BASE + MEANING * meaning + WORDS * words + KINDS * kinds
    score += np.where(both, DUTY * duties, _alone(meaning, words, readings))
    score[kinds < LEAST_KINDS] = APART
    score[_differ_in_scope(readings, named)] = APART
    np.fill_diagonal(score, APART)
    return np.asarray(np.round(score, 3), dtype=np.float32)


def _alone(meaning: Matrix, words: Matrix, readings: Sequence[Reading]) -> Matrix:
    lengths = np.array([min(1.0, len(reading.gist) / LONGEST_GIST) for reading in readings])
    long = np.minimum(lengths[:, None], lengths[None, :])
    telling = (words >= LEAST_WORDS_ALONE) & (meaning >= LEAST_MEANING_ALONE)
    score = NO_DUTY + MEANING_ALONE * meaning + WORDS_ALONE * words + LONG * long
    return np.asarray(np.where(telling, score, APART), dtype=np.float32)


def _differ_in_scope(readings: Sequence[Reading], kinds: Matrix) -> NDArray[np.bool_]:
    """Pairs of which one does the whole duty and the other one thing of it (機能の範囲の違い)."""
    broad = np.array([_is_broad(reading) for reading in readings])
    narrow = np.array([_is_narrow(reading) for reading in readings])
    crossed = (broad[:, None] & narrow[None, :]) | (narrow[:, None] & broad[None, :])
    return np.asarray(crossed & (kinds < SCOPE_KINDS))


def _is_broad(reading: Reading) -> bool:
    return sum(weight >= 1 for weight in reading.kinds.values()) >= BROAD_KINDS


def _is_narrow(reading: Reading) -> bool:
    weights = reading.kinds.values()
    share = max(weights, default=0.0) / (sum(weights) or 1.0)
    return reading.is_limited or share >= NARROW_SHARE


def shared_functions(own: Reading, other: Reading) -> list[SharedFunction]:
    """Functions both systems have, with the words of both (共通する機能): the nearest words first.

    One pair of quotes a kind; those that serve the same duty go before others.
    """
    found = []
    for kind in own.kinds:
        pairs = [
            (_nearness(mine, theirs), mine.quote, theirs.quote)
            for mine in own.functions
            if mine.kind == kind
            for theirs in other.functions
            if theirs.kind == kind
        ]
        if pairs:
            nearness, quote, others = max(pairs)
            found.append((nearness, SharedFunction(kind, quote, others)))
    found.sort(key=lambda pair: (-pair[0], pair[1]))
    return [shared for _, shared in found[:LINKS_SHOWN]] or shared_words(own, other)


def shared_words(own: Reading, other: Reading) -> list[SharedFunction]:
    """The longest words two texts have in common (共通する語), where no kind is told by ours."""
    runs = {run for run in words_in(own.gist) if run in other.gist}
    if not runs:
        return []
    run = max(runs, key=lambda words: (len(words), words))
    return [SharedFunction(run, around(own.gist, run), around(other.gist, run))]


def around(text: str, words: str) -> str:
    """The part of the text that holds the words (引用), between two stops."""
    parts = [part for part in STOPS.split(text) if words in part]
    part = min(parts, key=len, default=words)
    start = max(0, part.find(words) - LONGEST_QUOTE // 2)
    return part[start : start + LONGEST_QUOTE]


def _nearness(mine: Function, theirs: Function) -> float:
    own, other = set(word_pairs(mine.quote)), set(word_pairs(theirs.quote))
    common = len(own & other)
    overlap = common / max(1, min(len(own), len(other))) * min(1.0, common / TELLING_PAIRS)
    return overlap + (mine.duty == theirs.duty != "") + 0.02 * min(len(own), len(other))


def _rare_words(readings: Sequence[Reading]) -> list[dict[str, float]]:
    """Pairs of letters of each gist, weighted by how few of the texts have them."""
    held = Counter(pair for reading in readings for pair in reading.words)
    return [
        {
            pair: (1 + log(1 + weight)) * log(1 + len(readings) / held[pair])
            for pair, weight in reading.words.items()
        }
        for reading in readings
    ]


def _damped(weights: dict[str, float]) -> dict[str, float]:
    return {name: float(np.sqrt(weight)) for name, weight in weights.items()}


def _squared(weights: dict[str, float]) -> dict[str, float]:
    return {name: weight * weight for name, weight in weights.items()}


def _cosines(rows: Sequence[dict[str, float]]) -> Matrix:
    """Cosine of every two rows. A word that only one row has counts for its length alone."""
    held = Counter(name for row in rows for name in row)
    places = {name: place for place, name in enumerate(n for n in held if held[n] > 1)}
    table = np.zeros((len(rows), max(1, len(places))), dtype=np.float32)
    lengths = np.ones(len(rows), dtype=np.float32)
    for number, row in enumerate(rows):
        lengths[number] = np.sqrt(sum(weight * weight for weight in row.values())) or 1.0
        for name, weight in row.items():
            if name in places:
                table[number, places[name]] = weight
    table /= lengths[:, None]
    return np.asarray(table @ table.T, dtype=np.float32)
