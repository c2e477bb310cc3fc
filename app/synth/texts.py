"""Titles and details of made-up cases, mixed from the sentences of the patterns (合成の文章)."""

from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import NamedTuple

from app.core.text import search_key
from app.synth.patterns import Pattern

MARK = "【操作練習】"
STOP = "。"
SENTENCES = 6
LATELY = 2048
SHORTEST = 10  # characters of a sentence
ENDINGS = ("", "について", "（追加の要望）", "（共同利用）", "（様式の統一）", "（都道府県域）")


class MadeUpText(NamedTuple):
    """A title, a detail and the text folded for search (題名・概要・検索キー)."""

    title: str
    detail: str
    search_key: str


class Mixer:
    """Draws texts from the titles and sentences of the patterns (文章の合成)."""

    def __init__(self, patterns: Sequence[Pattern], seed: int) -> None:
        self._seed = seed
        cases = [case for pattern in patterns for case in pattern.cases]
        titles = {case["title"].removeprefix(MARK) for case in cases}
        sentences = {
            part.strip()
            for case in cases
            for part in case["detail"].split(STOP)
            if len(part.strip()) >= SHORTEST
        }
        # Folded once and not once for each case: folding is what takes most of the time.
        self._titles = [(title, search_key(title)) for title in sorted(titles)]
        self._sentences = [(text, search_key(text)) for text in sorted(sentences)]

    def texts(self, keys: Sequence[str]) -> "Texts":
        """The texts that belong to these keys, drawn when they are asked for (文章の列)."""
        return Texts(self, keys)

    @lru_cache(maxsize=LATELY)  # noqa: B019 - one mixer a run, a bounded number of texts
    def drawn(self, key: str) -> MadeUpText:
        """A title and a detail of some 400 characters, the same for the same key (1件分の文章)."""
        chance = Random(f"{self._seed}:{key}")  # noqa: S311 - repeatable, no secret
        title, folded_title = chance.choice(self._titles)
        ending = chance.choice(ENDINGS)
        drawn = [chance.choice(self._sentences) for _ in range(SENTENCES)]
        detail = "".join(f"{text}{STOP}" for text, _ in drawn)
        key = "".join(f"{folded}{STOP}" for _, folded in drawn)
        folded_ending = search_key(ending)
        return MadeUpText(f"{title}{ending}", detail, f"{folded_title}{folded_ending} {key}")


class Texts:
    """The texts of one copy (写しの文章): kept as keys, because a round has a great many."""

    __slots__ = ("_keys", "_mixer")

    def __init__(self, mixer: Mixer, keys: Sequence[str]) -> None:
        self._mixer = mixer
        self._keys = keys

    def __getitem__(self, position: int) -> MadeUpText:
        return self._mixer.drawn(self._keys[position])
