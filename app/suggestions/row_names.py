"""The names a register row is found by (台帳の行の名称): title, aliases, examples, letter pairs.

A pair of letters weighs the more the fewer rows have it. Words that stand in the name of nearly
every system weigh nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import NamedTuple

from app.registers.models import Register, RegisterEntry
from app.suggestions.texts import fold

# The category whose evidence a register is, as the decision guide asks for it (会議資料の分類表).
CATEGORY_OF: Mapping[Register, str] = {
    Register.TYPES: "types",
    Register.BUNKEN: "bunken",
    Register.CORE20: "core20",
    Register.CLOSELY_RELATED: "core20",
    Register.KEIYU_JIMU: "keiyu",
    Register.KEIYU_CHOSA: "keiyu",
    Register.DPI: "dpi",
    Register.COMMON_SYSTEM: "f1",
}
# Folded as `texts.fold` folds: no long vowel marks.
EVERYWHERE = re.compile(
    "しすてむ|ぷらっとふぉむ|でたべす|さびす|でじたる|おんらいん|でた|自治体|地方公共団体|"
    "都道府県|市町村|行政|全国|標準化|共通化|共同|共通|連携|基盤|管理|情報|業務|事務|制度|手続|"
    "申請|届出|請求|確認|支援|調査|実施|状況|報告|取組|策定|地域|構築|導入|整備|統一|一元化|効率|"
    "活用|利用|関連|関係|等の|等|に関する|における|に係る|について|及び|ならびに|"
    r"[のをにはがとでやへ]|[\W_]"
)
LEAST_WEIGHT = 9.0  # a name of fewer telling letters is no match by a part of it
MOST_KEPT = 20_000  # folded names
MOST_WEIGHT = 18.0  # so much in common is enough, however long the name is
_IN_BRACKETS = re.compile("（(.*?)）")
# The sources end a list of examples so.
_LIST_END = re.compile(r"\s*等$")


class FoldedName(NamedTuple):
    """A name folded: whole, its parts between the words that stand everywhere, their pairs."""

    key: str
    parts: tuple[str, ...]
    pairs: frozenset[str]


@lru_cache(maxsize=MOST_KEPT)
def fold_name(text: str) -> FoldedName:
    """Fold a name once (名称の折りたたみ): names come again with every case."""
    key = fold(text).key
    parts = tuple(part for part in EVERYWHERE.split(key) if part and len(part) > 1)
    return FoldedName(key, parts, frozenset(pair for part in parts for pair in pairs_of(part)))


@dataclass(frozen=True)
class RowName:
    """One name of a row (名称)."""

    text: str
    is_example: bool = False

    @property
    def folded(self) -> FoldedName:
        """The name folded."""
        return fold_name(self.text)


@dataclass(frozen=True)
class RowNames:
    """A register row with every name it is found by (台帳の行と名称)."""

    id: int
    register: Register
    number: int
    title: str
    ministry_name: str
    names: tuple[RowName, ...]
    # 管理番号 of the year the proposal speaks of: 分権提案 only.
    control_numbers: frozenset[int] = frozenset()


class Weights:
    """How much a pair of letters tells of a row (文字の組の重み), over all rows at hand."""

    def __init__(self, rows: Sequence[RowNames]) -> None:
        held: Counter[str] = Counter()
        for row in rows:
            held.update(frozenset().union(*(name.folded.pairs for name in row.names)))
        self._weights = {pair: log(1 + len(rows) / count) for pair, count in held.items()}

    def of(self, text: str) -> float:
        """Weight of the pairs of a text that some name has."""
        return sum(self._weights.get(pair, 0.0) for pair in pairs_of(text))

    def of_name(self, name: RowName) -> float:
        """Weight of a name; not below LEAST_WEIGHT, and not above MOST_WEIGHT."""
        weight = sum(self.of(part) for part in name.folded.parts)
        return min(max(weight, LEAST_WEIGHT), MOST_WEIGHT)


def pairs_of(text: str) -> list[str]:
    """Pairs of neighbouring letters (2文字組)."""
    return [text[index : index + 2] for index in range(len(text) - 1)]


def row_names(
    entries: Iterable[RegisterEntry],
    names: Mapping[int, Sequence[str]],
    numbers: Mapping[int, frozenset[int]] | None = None,
) -> list[RowNames]:
    """Rows with their names: titles and aliases by id (`registers.names_of`), 管理番号 by id."""
    return [
        RowNames(
            id=entry.id,
            register=entry.register,
            number=entry.number,
            title=entry.title,
            ministry_name=entry.ministry_name,
            names=tuple(_names(entry, names[entry.id])),
            control_numbers=(numbers or {}).get(entry.id, frozenset()),
        )
        for entry in entries
    ]


def _names(entry: RegisterEntry, names: Sequence[str]) -> list[RowName]:
    title, *aliases = names
    found = [RowName(text) for text in [*_titles(entry.register, title), *aliases]]
    if entry.register in (Register.COMMON_SYSTEM, Register.DPI) and entry.detail:
        found.append(RowName(entry.detail))
    examples = _LIST_END.sub("", entry.examples).split("、")
    return found + [RowName(text, is_example=True) for text in examples if text]


def _titles(register: Register, title: str) -> list[str]:
    if register is Register.KEIYU_CHOSA:
        return []  # the name of a ministry stands in many texts and says nothing of a survey
    outside = _IN_BRACKETS.sub("", title)
    return [text for text in [*outside.split("／"), *_IN_BRACKETS.findall(title)] if text]
