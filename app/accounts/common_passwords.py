"""Passwords that are guessed first (よくあるパスワード), told by rule (P37).

No list of leaked passwords comes with the product: one of known origin and licence was not to be
had. In its place stand the ways in which such passwords are made: one to three well-known words,
keyboard runs, years, counted or repeated signs, in any case and with the usual signs for letters.
300 words with four digits behind them alone are three million. A password of four words or more,
or with one word that is not here, is not known to these rules.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

WORDS_FILE = Path(__file__).resolve().parent / "data" / "common_words.txt"
MOST_PARTS = 3
SHORTEST_RUN = 4  # signs of a keyboard run
RUNS = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "qwertyuiop",
    "poiuytrewq",
    "asdfghjkl",
    "lkjhgfdsa",
    "zxcvbnm",
    "mnbvcxz",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "qazwsxedcrfvtgbyhnujm",
    "1q2w3e4r5t6y7u8i9o0p",
    "あいうえおかきくけこさしすせそ",
)
# Signs people write for letters.
READINGS = (str.maketrans("@4310$5!7", "aaeiossit"), str.maketrans("@4310$5!7", "aaelossit"))
REPEATED = re.compile(r"(.{1,4}?)\1{2,}")
SEPARATORS = re.compile(r"[\s\-_.,?#%&*+/=:;~^|()\[\]{}'\"、。・]+")
SIGNS = re.compile(r"[@$!]+")
DIGITS = re.compile(r"\d+[年月日]?|(令和|平成|昭和|reiwa|heisei|showa)\d{1,2}年?")


def is_common(password: str) -> bool:
    """Whether a password is one of those that are tried first (推測されやすいパスワード)."""
    text = SEPARATORS.sub("", unicodedata.normalize("NFKC", password).casefold())
    return _count_parts(text) <= MOST_PARTS or _count_parts(SIGNS.sub("", text)) <= MOST_PARTS


def _count_parts(text: str) -> int:
    """Fewest words and stray signs that make up a text; digits and repetitions cost nothing."""
    fewest = [0] + [len(text)] * len(text)
    for start in range(len(text)):
        for end, cost in _parts_from(text, start):
            fewest[end] = min(fewest[end], fewest[start] + cost)
    return fewest[-1]


def _parts_from(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Where a part that begins here may end, and what it counts for."""
    yield start + 1, 1
    for end in range(start + 1, min(start + _longest_word(), len(text)) + 1):
        piece = text[start:end]
        if any(said in common_words() for said in (piece, *map(piece.translate, READINGS))):
            yield end, 1
    for pattern in (REPEATED, DIGITS):
        met = pattern.match(text, start)
        if met is not None:
            yield met.end(), 0
    for size in _runs(text[start:]):
        yield start + size, 0


def _runs(text: str) -> list[int]:
    """Lengths of the keyboard runs at the beginning of a text."""
    longest = 0
    for run in RUNS:
        size = SHORTEST_RUN
        while size <= len(text) and text[:size] in run:
            longest, size = max(longest, size), size + 1
    return list(range(SHORTEST_RUN, longest + 1))


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """The well-known words (よくある言葉), folded."""
    lines = WORDS_FILE.read_text(encoding="utf-8").splitlines()
    words = (word for line in lines if not line.startswith("#") for word in line.split())
    return frozenset(unicodedata.normalize("NFKC", word).casefold() for word in words)


@lru_cache(maxsize=1)
def _longest_word() -> int:
    return max(map(len, common_words()))
