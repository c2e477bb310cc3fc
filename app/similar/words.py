"""What two texts have in common, in words (一致した語・近い文)."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from app.core.text import search_key
from app.similar.encoder import Vectors, encode
from app.similar.letters import HIRAGANA, parts_of

WORDS_SHOWN = 5
# A run is looked for letter by letter only in a short text: the folded one has other lengths.
LONGEST_SEARCHED = 400
SENTENCES_COMPARED = 4
IN_A_WORD = "一-龠々ァ-ヶー"  # kanji, katakana
LONGEST_PIECE = 2  # letters: a shorter run may be a piece of a word
_TO_KATAKANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}


def shared_words(
    text: str, key: str, weights: Mapping[str, float], most: int = WORDS_SHOWN
) -> list[str]:
    """Longest runs of a text that a folded key has, the weightiest first, as they were written.

    Without weights of the pairs of letters the longest come first.
    """
    runs = {run for part in parts_of(text) for run in _runs(part, key)}
    weight = {run: sum(weights.get(run[i : i + 2], 0) for i in range(len(run))) for run in runs}
    if not weights:
        weight = {run: float(len(run)) for run in runs}
    ordered = sorted(runs, key=lambda run: (-weight[run], run))
    written = [_as_written(run, text) for run in ordered[: 4 * most]]
    found: list[str] = []
    for word in written:
        if _is_word(word, text) and not any(word in longer for longer in found):
            found.append(word)
    return found[:most]


def _is_word(word: str, text: str) -> bool:
    """Whether a run says something: no number, ending (てはまる) or piece of a word (用者)."""
    if word[0].isdigit():
        return False
    if HIRAGANA.fullmatch(word):
        begins_one = re.search(rf"(?<![{IN_A_WORD}]){re.escape(word)}", text)
        return word == "ごみ" or (len(word) > LONGEST_PIECE and begins_one is not None)
    if len(word) > LONGEST_PIECE:
        return True
    return bool(re.search(rf"(?<![{IN_A_WORD}]){re.escape(word)}(?![{IN_A_WORD}])", text))


def _runs(part: str, key: str) -> list[str]:
    runs, start = [], 0
    while start < len(part) - 1:
        end = start + 1
        while end < len(part) and part[start : end + 1] in key:
            end += 1
        if end - start > 1:
            runs.append(part[start:end])
        start = end if end - start > 1 else start + 1
    return runs


def _as_written(run: str, text: str) -> str:
    """The piece of the text that folds to the run: folding makes letters fewer or more."""
    for same in (run, run.translate(_TO_KATAKANA)):
        if same in text:
            end = text.index(same) + len(same)
            return same + "ー" * text.startswith("ー", end)
    for start in range(min(len(text), LONGEST_SEARCHED)):
        for end in range(min(len(text), start + 2 * len(run)), start, -1):
            if search_key(text[start:end]) == run:
                return text[start:end].strip()
    return run


class NearSentences(NamedTuple):
    """The sentence of each of two texts that mean most nearly the same (近い文)."""

    own: str
    other: str


def near_sentences(text: str, others: Sequence[str]) -> list[NearSentences | None]:
    """The two sentences nearest in meaning of a text and each of some others, which share no words.

    Encoded in one go: some 40 ms for five others.
    """
    own = _sentences(text)
    of_others = [_sentences(other) for other in others]
    if not own or not any(of_others):
        return [None] * len(others)
    vectors = encode([*own, *(sentence for some in of_others for sentence in some)])
    found: list[NearSentences | None] = []
    first = len(own)
    for some in of_others:
        table = vectors[: len(own)] @ vectors[first : first + len(some)].T
        first += len(some)
        found.append(_nearest(own, some, table) if some else None)
    return found


def _nearest(own: Sequence[str], other: Sequence[str], table: Vectors) -> NearSentences:
    row, column = divmod(int(table.argmax()), len(other))
    return NearSentences(own[row], other[column])


def _sentences(text: str) -> list[str]:
    found = (piece.strip() for piece in re.split(r"[。\n]", text))
    return [piece for piece in found if len(piece) > 1][:SENTENCES_COMPARED]
