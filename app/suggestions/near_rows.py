"""Register rows whose title shares words with a text (近い行)."""

import re
from collections.abc import Iterable

from app.core.text import search_key

# Words that say nothing of the field a register row is about.
_COMMON_WORDS = re.compile(
    "しすてむ|ぷらっとふぉーむ|でーたべーす|さーびす|でじたる|おんらいん|自治体|標準化|共通|共同|連携|基盤|管理|情報|業務|事務|制度|手続|申請|届出|"
    "支援|調査|実施|状況|等|に関する|における|について|ならびに|および|及び|"
    "けれ|する|した|され|なる|[のをにはがとでやへ()・、。「」『』/ ]"
)
# Nothing but hiragana is grammar, not a field of work.
_ENDINGS = re.compile("[ぁ-ん]+")
SHORTEST_MATCH = 4


def shared_words(title: str, text_key: str) -> str:
    """Longest run of letters of a register title that the text contains (語の一致), '' for none.

    `text_key` is the text folded by `search_key`. A whole title counts from 2 letters on, a part
    of one from 4; words that every system has are left out.
    """
    title_key = search_key(title)
    if len(title_key) >= 2 and title_key in text_key:
        return title
    parts = [part for part in _COMMON_WORDS.split(title_key) if len(part) >= SHORTEST_MATCH]
    run = max((_longest_run(part, text_key) for part in parts), key=len, default="")
    start = title_key.find(run)
    written = title[start : start + len(run)] if len(title) == len(title_key) else run
    return "" if _ENDINGS.fullmatch(written) else written


def _longest_run(part: str, text_key: str) -> str:
    for length in range(len(part), SHORTEST_MATCH - 1, -1):
        for start in range(len(part) - length + 1):
            run = part[start : start + length]
            if run in text_key:
                return run
    return ""


def nearest(
    rows: Iterable[tuple[int, str]], text_key: str, *, limit: int = 2
) -> list[tuple[int, str]]:
    """Register rows (id, title) nearest to a text, as (id, shared words), longest match first."""
    found = [(row_id, shared_words(title, text_key)) for row_id, title in rows]
    hits = [(row_id, words) for row_id, words in found if words]
    return sorted(hits, key=lambda hit: -len(hit[1]))[:limit]
