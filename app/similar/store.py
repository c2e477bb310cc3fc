"""The texts of this process, ready to be compared (照合用の控え).

A text is kept under its fingerprint, not under a case: it is the same for every reader and in every
database, and cannot grow stale. Who may know of which is asked anew each time (`index`).
"""

import threading
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.similar.compared import Pairs, TextForm
from app.similar.encoder import DIMENSIONS, Vectors

Slots = NDArray[np.int64]
# Texts that were changed since stay until this many more than are needed have gathered.
MOST_UNUSED = 5000


class Kept(NamedTuple):
    """Everything kept, as of one moment: slot n is row n of `meanings` (控えの中身).

    `fingerprints` ascend, `order` names the slot of each; `pairs` holds the pairs of all texts one
    after the other, those of slot n from `starts[n]` on. Meanings have 16 bits a number, as exact
    as they are made.
    """

    fingerprints: NDArray[np.int64]
    order: Slots
    meanings: NDArray[np.float16]
    pairs: Pairs
    starts: Slots

    def slots_of(self, fingerprints: NDArray[np.int64]) -> Slots:
        """Slot of each text, -1 where it is not kept."""
        if not len(self.fingerprints):
            return np.full(len(fingerprints), -1, dtype=np.int64)
        places = np.searchsorted(self.fingerprints, fingerprints)
        places = np.minimum(places, len(self.fingerprints) - 1)
        is_there = self.fingerprints[places] == fingerprints
        return np.where(is_there, self.order[places], -1)

    def meanings_at(self, slots: Slots) -> Vectors:
        """Meanings of the texts in some slots, a row each, ready to be multiplied."""
        return self.meanings[slots].astype(np.float32)

    def owners_of(self, places: Slots) -> Slots:
        """Slot of the text that each place of `pairs` belongs to."""
        return np.searchsorted(self.starts, places, side="right") - 1

    def pairs_at(self, slot: int) -> Pairs:
        """Pairs of letters of the text in a slot."""
        return self.pairs[self.starts[slot] : self.starts[slot + 1]]


NOTHING = Kept(
    fingerprints=np.zeros(0, dtype=np.int64),
    order=np.zeros(0, dtype=np.int64),
    meanings=np.zeros((0, DIMENSIONS), dtype=np.float16),
    pairs=np.zeros(0, dtype=np.uint32),
    starts=np.zeros(1, dtype=np.int64),
)


class TextStore:
    """Grows by what it is given; readers keep what they took, whatever is added meanwhile."""

    def __init__(self) -> None:
        self._growing = threading.Lock()
        self._kept = NOTHING

    def kept(self) -> Kept:
        """Everything kept now."""
        return self._kept

    def add(self, forms: Iterable[TextForm]) -> Kept:
        """Keep some more texts and return everything; those kept already stay as they are."""
        with self._growing:
            self._kept = _joined(self._kept, {form.fingerprint: form for form in forms})
            return self._kept

    def forget_unused(self, needed: int) -> None:
        """Start anew where far more is kept than the `needed` number of texts."""
        if len(self._kept.order) > needed + MOST_UNUSED:
            self._kept = NOTHING


def _joined(kept: Kept, forms: dict[int, TextForm]) -> Kept:
    wanted = np.array(list(forms), dtype=np.int64)
    fresh = [forms[int(number)] for number in wanted[kept.slots_of(wanted) < 0]]
    if not fresh:
        return kept
    by_slot = np.concatenate(
        [kept.fingerprints[np.argsort(kept.order)], [form.fingerprint for form in fresh]]
    ).astype(np.int64)
    order = np.argsort(by_slot)
    lengths = np.array([len(form.pairs) for form in fresh])
    return Kept(
        fingerprints=by_slot[order],
        order=order,
        meanings=np.concatenate(
            [kept.meanings, np.array([form.meaning for form in fresh], dtype=np.float16)]
        ),
        pairs=np.concatenate([kept.pairs, *(form.pairs for form in fresh)]),
        starts=np.concatenate([kept.starts, kept.starts[-1] + np.cumsum(lengths)]),
    )


store = TextStore()
