"""Pairs of letters of the words of a text (語の2文字): what two texts can share."""

import re

_WORDS = re.compile("[一-龥々〆ァ-ヶーa-z]+")
_WRITTEN = re.compile("[一-龥々〆ァ-ヶー]{2,}")
LONGEST_WORD = 8
# Words that every system is described with, and that make nothing alike.
_EVERYWHERE = re.compile(
    "システム|共通化|標準化|自治体|市町村|都道府県|共通|機能|管理|情報|業務|事務|作成|記録|処理"
)


def word_pairs(folded: str) -> list[str]:
    """Every two neighbouring letters of kanji, katakana or Latin words; grammar left out."""
    return [
        run[start : start + 2]
        for run in _WORDS.findall(_EVERYWHERE.sub("、", folded))
        for start in range(len(run) - 1)
    ]


def words_in(text: str) -> list[str]:
    """Every run of kanji or katakana, and each part of one, from two letters on (語)."""
    return [
        run[start:end]
        for run in _WRITTEN.findall(_EVERYWHERE.sub("、", text))
        for start in range(len(run) - 1)
        for end in range(start + 2, min(len(run), start + LONGEST_WORD) + 1)
    ]
