"""How near sentences are to names in meaning (意味の近さ)."""

import threading
from collections.abc import Sequence

import numpy as np

from app.similar.encoder import Vectors, encode

MOST_KEPT = 20_000  # texts; about 40 MB


class KeptVectors:
    """Vectors of texts that come again (文のベクトル), kept by the text itself.

    The names of the rows come with every case, the sentences of a case with every look at it. A
    changed text is another text, so nothing here grows stale. Safe between threads.
    """

    def __init__(self) -> None:
        self._kept: dict[str, Vectors] = {}
        self._lock = threading.Lock()

    def of(self, texts: Sequence[str]) -> Vectors:
        """Vectors of the texts, a row each; those not met before are encoded in one go."""
        with self._lock:
            if len(self._kept) > MOST_KEPT:
                self._kept.clear()
            new = [text for text in dict.fromkeys(texts) if text not in self._kept]
            self._kept.update(zip(new, encode(new), strict=True))
            return np.stack([self._kept[text] for text in texts])


kept_vectors = KeptVectors()


def nearness(sentences: Sequence[str], names: Sequence[str]) -> Vectors:
    """Likeness of every sentence (row) to every name (column), 1 for the same meaning."""
    likeness: Vectors = kept_vectors.of(sentences) @ kept_vectors.of(names).T
    return likeness
