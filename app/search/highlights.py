"""Where the words stand in the text as it was typed (該当箇所)."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.core.text import folded_with_origins, search_key

BEFORE = 30  # characters of the text before the first hit
LONGEST = 140  # characters of a snippet in all


class Piece(NamedTuple):
    """A part of a text, and whether it was looked for (該当部分)."""

    text: str
    is_hit: bool


def pieces_of(text: str, keys: Sequence[str]) -> list[Piece]:
    """Cut a text at the hits of the folded words (強調); one piece where there are none."""
    return list(_cut(text, _spans(text, keys), 0, len(text)))


def snippet_of(text: str, keys: Sequence[str]) -> list[Piece]:
    """The part of a text around its first hit, in pieces (抜粋); empty where there is no hit."""
    spans = _spans(text, keys)
    if not spans:
        return []
    start = max(0, spans[0][0] - BEFORE)
    end = min(len(text), max(start + LONGEST, spans[0][1]))
    pieces = list(_cut(text, spans, start, end))
    if start:
        pieces = [Piece("…", is_hit=False), *pieces]
    return [*pieces, Piece("…", is_hit=False)] if end < len(text) else pieces


def _spans(text: str, keys: Sequence[str]) -> list[tuple[int, int]]:
    """Places of the hits in the typed text, in order, none inside another one."""
    # Most texts have no hit, and where each letter comes from takes long to find out.
    whole = search_key(text)
    folded = folded_with_origins(text) if any(word in whole for word in keys) else None
    if folded is None:
        return []
    key, origins = folded
    ends = [*origins, len(text)]
    found = sorted(
        {(origins[at], ends[at + len(word)]) for word in keys for at in _places(key, word)},
        key=lambda span: (span[0], -span[1]),
    )
    apart: list[tuple[int, int]] = []
    for start, end in found:
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        elif end > start:
            apart.append((start, end))
    return apart


def _places(key: str, word: str) -> Iterator[int]:
    at = key.find(word) if word else -1
    while at >= 0:
        yield at
        at = key.find(word, at + 1)


def _cut(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[Piece]:
    at = start
    for first, last in spans:
        if last <= start or first >= end:
            continue
        if first > at:
            yield Piece(text[at:first], is_hit=False)
        yield Piece(text[max(first, start) : min(last, end)], is_hit=True)
        at = min(last, end)
    if at < end:
        yield Piece(text[at:end], is_hit=False)
