"""Which cases are near to a text (類似度): pairs of letters, weighted by how rare they are.

Everything is computed from the candidates handed in and nothing else: what a reader may not know of
changes neither a score nor an order (K4). Nothing is kept between two calls.
"""

import re
import unicodedata
from collections.abc import Sequence
from math import log, sqrt
from typing import NamedTuple

from app.core.text import search_key

# Words that stand in the title of nearly every proposal and make nothing similar; folded.
EVERYWHERE = re.compile(
    "しすてむ|ぷらっとふぉーむ|さーびす|でじたる|おんらいん|自治体|地方公共団体|標準化|共通化|共同化|"
    "共通|共同|業務|事務|仕組|電子化|一元化|構築|導入|整備|提供|活用|実施|推進|対応|及び"
)
# Grammar between the words, in hiragana as it is written: one or two letters (の, ける), or one of
# these. ごみ is a word.
GRAMMAR = re.compile(
    "(?<![ぁ-ん])(?:(?!ごみ)[ぁ-ん]{1,2}|すべき|できる|される|"
    r"における|について|および|ならびに|または|ための|による|により|している|したい|してほしい)(?![ぁ-ん])|[\W_]"
)
MOST_PAIRS = 200  # of the text asked about: bounds the work for a long one
TITLE_WEIGHT = 2
LEAST_SHARE = 0.2  # of the weight of the text asked about that a candidate must have
WORDS_SHOWN = 3


class Candidate(NamedTuple):
    """A case to compare with; `key` is its folded title and detail (検索キー)."""

    id: int
    title: str
    key: str


class Hit(NamedTuple):
    """A case near to the text, with the words both share, as the text has them (一致した語)."""

    id: int
    words: list[str]


def rank(query: str, candidates: Sequence[Candidate], limit: int) -> list[Hit]:
    """Return the candidates nearest to a text, the nearest first; those with nothing telling in
    common are left out. The work grows with the number of candidates × pairs of the text.
    """
    parts = _parts(query)
    pairs = list(dict.fromkeys(part[i : i + 2] for part in parts for i in range(len(part) - 1)))
    pairs = pairs[:MOST_PAIRS]
    held = {pair: sum(pair in row.key for row in candidates) for pair in pairs}
    weights = {pair: log(1 + len(candidates) / held[pair]) for pair in pairs if held[pair]}
    least = LEAST_SHARE * sum(weights.get(pair, log(1 + len(candidates))) for pair in pairs)
    scored = [(_score(row, weights, least), row) for row in candidates]
    best = sorted(
        (found for found in scored if found[0]), key=lambda found: (-found[0], found[1].id)
    )
    hits = [Hit(row.id, _words(query, parts, row.key, weights)) for _, row in best[:limit]]
    return [hit for hit in hits if hit.words]


def _parts(query: str) -> list[str]:
    """Words of a text, folded, without what stands in every title."""
    words = GRAMMAR.split(unicodedata.normalize("NFKC", query))
    return [part for word in words for part in EVERYWHERE.split(search_key(word)) if len(part) > 1]


def _score(row: Candidate, weights: dict[str, float], least: float) -> float:
    shared = [pair for pair in weights if pair in row.key]
    if not shared or sum(weights[pair] for pair in shared) < least:
        return 0.0
    title = search_key(row.title)
    score = sum(
        weights[pair] ** 2 * ((1 + log(row.key.count(pair))) + TITLE_WEIGHT * (pair in title))
        for pair in shared
    )
    return score / sqrt(100 + len(row.key))


def _words(query: str, parts: Sequence[str], key: str, weights: dict[str, float]) -> list[str]:
    """Longest runs of the text that the key has, the weightiest first, as they were written."""
    runs = {run for part in parts for run in _runs(part, key)}
    weight = {run: sum(weights.get(run[i : i + 2], 0) for i in range(len(run))) for run in runs}
    ordered = sorted(runs, key=lambda run: (-weight[run], run))
    return [_as_written(run, query) for run in ordered[:WORDS_SHOWN]]


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


def _as_written(run: str, query: str) -> str:
    """The longest piece of the query that folds to the run: folding makes letters fewer or more."""
    for start in range(len(query)):
        for end in range(min(len(query), start + 2 * len(run)), start, -1):
            if search_key(query[start:end]) == run:
                return query[start:end].strip()
    return run
