"""How near texts are to one another (近さ): by what they mean and by the letters they share.

The share of the letters is measured, not guessed (docs/similarity.md). Pairs of letters weigh by
how rare they are among the texts asked about and no others: what a reader may not know of changes
neither a score nor an order (K4). The meaning of a text depends on nothing but the text.
"""

from collections.abc import Sequence
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.similar.compared import TextForm
from app.similar.letters import PAIR_BITS, number_of
from app.similar.store import Kept, Slots

Numbers = NDArray[np.float32]

LETTERS_SHARE = 0.1
# Below this nothing is shown as similar; 0.55 is a usual value for the same work in other words.
LEAST_SCORE = 0.45
MOST_PAIRS = 400  # of the text asked about: bounds the work for a long one

# Near-duplicates (ほぼ同じ提案): alike in meaning, and much of the shorter text in the other one.
LEAST_MEANING = 0.7
LEAST_LIKENESS = 1.1  # meaning + share of the letters, see `likenesses`


class Scores(NamedTuple):
    """Nearness to a text, a value for each slot asked about (近さ); `weights` of its pairs."""

    total: Numbers
    weights: dict[str, float]


def scores(kept: Kept, slots: Slots, asked: TextForm, pairs: Sequence[str]) -> Scores:
    """Compare a text with those in the slots; `pairs` are its pairs of letters as text."""
    meaning = kept.meanings_at(slots) @ asked.meaning
    letters, weights = letter_scores(kept, slots, pairs[:MOST_PAIRS])
    return Scores(meaning + np.float32(LETTERS_SHARE) * letters, weights)


def letter_scores(
    kept: Kept, slots: Slots, pairs: Sequence[str]
) -> tuple[Numbers, dict[str, float]]:
    """Shared pairs of letters, weighted by rarity among the slots, from 0 to about 1."""
    if not pairs or not len(slots):
        return np.zeros(len(slots), dtype=np.float32), {}
    owners, which = _meetings(kept, slots, pairs)
    held = np.bincount(which, minlength=len(pairs))
    weights = np.array([log(1 + len(slots) / max(1, count)) for count in held])
    shared = np.bincount(owners, weights=weights[which] ** 2, minlength=len(kept.order))[slots]
    lengths = (kept.starts[slots + 1] - kept.starts[slots]).astype(np.float64)
    # As a cosine would, were every pair of the other text of the mean weight.
    scale = np.sum(weights**2) / np.sqrt(len(pairs)) * np.sqrt(np.maximum(lengths, 1))
    found = dict(zip(pairs, weights.tolist(), strict=True))
    return (shared / scale).astype(np.float32), found


def _meetings(kept: Kept, slots: Slots, pairs: Sequence[str]) -> tuple[Slots, NDArray[np.int64]]:
    """Where a pair stands in a text of the slots: slot and position of the pair, a row each."""
    table = np.zeros(1 << PAIR_BITS, dtype=np.int16)
    for position, pair in enumerate(pairs, start=1):
        table[number_of(pair)] = position
    hits = table[kept.pairs]
    places = np.flatnonzero(hits)
    is_asked = np.zeros(len(kept.order), dtype=bool)
    is_asked[slots] = True
    owners = kept.owners_of(places)
    is_wanted = is_asked[owners]
    return owners[is_wanted], hits[places[is_wanted]].astype(np.int64) - 1


def best(total: Numbers, ids: Slots, limit: int) -> list[int]:
    """Positions of the highest values, the smaller id first where they are equal."""
    order = np.lexsort((ids, -total.round(6)))
    return [int(place) for place in order[:limit] if total[place] >= LEAST_SCORE]


def likenesses(kept: Kept, one: int, others: Slots) -> Numbers:
    """How alike a text and some others are (ほぼ同じかの物差し): 2 for the same text.

    Meaning, and the share of the pairs of the shorter text that the other one has. Depends on the
    two texts alone. 0 where the meanings are too far apart for near-duplicates.
    """
    meaning = np.round(kept.meanings_at(others) @ kept.meanings[one].astype(np.float32), 6)
    near = meaning >= LEAST_MEANING
    found = np.zeros(len(others), dtype=np.float32)
    found[near] = meaning[near] + _shared_share(kept, one, others[near])
    return found


def _shared_share(kept: Kept, one: int, others: Slots) -> Numbers:
    own = kept.pairs_at(one)
    table = np.zeros(1 << PAIR_BITS, dtype=bool)
    table[own] = True
    shared = [np.count_nonzero(table[kept.pairs_at(int(other))]) for other in others]
    lengths = kept.starts[others + 1] - kept.starts[others]
    shorter = np.maximum(1, np.minimum(lengths, len(own)))
    share: Numbers = (np.array(shared) / shorter).astype(np.float32)
    return share
