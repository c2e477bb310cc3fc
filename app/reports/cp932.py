"""CSV for programs that read CP932 only (Windows の Shift_JIS): no letter is lost unseen."""

import re
from typing import NamedTuple

from app.core.tabular import Table
from app.core.tabular.model import plain_value

ENCODING = "cp932"
# What printers have always put where a letter was missing (ゲタ記号).
GETA = "〓"

# A letter with its variation selector (IVS), dakuten or accents is one letter to the reader.
_LETTER = re.compile(r".[\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef]*", re.DOTALL)
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")


class LostLetter(NamedTuple):
    """A letter that CP932 cannot carry, and where it stands (出力できない文字)."""

    row: int
    column: str
    letter: str
    code_points: str


def lost_letters(table: Table) -> list[LostLetter]:
    """Every letter of the rows that CP932 cannot carry (出力できない文字), in reading order.

    Rows count from 1. Private-use letters (外字) are among them: CP932 has places for them, but
    what a place looks like differs from body to body.
    """
    return [
        LostLetter(number, column.label, letter, _code_points(letter))
        for number, row in enumerate(table.rows, start=1)
        for column, cell in zip(table.columns, table.cells(row), strict=True)
        for letter in _unsafe(str(plain_value(cell)))
    ]


def encode(text: str) -> bytes:
    """The text in CP932, each letter it cannot carry as 〓: only after the reader has agreed."""
    if _is_safe(text):
        return text.encode(ENCODING)
    safe = (letter if _is_safe(letter) else GETA for letter in _letters(text))
    return "".join(safe).encode(ENCODING)


def _unsafe(text: str) -> list[str]:
    # Nearly every text is safe as a whole; looking at each of its letters takes far longer.
    return [] if _is_safe(text) else [row for row in _letters(text) if not _is_safe(row)]


def _letters(text: str) -> list[str]:
    return _LETTER.findall(text)


def _is_safe(text: str) -> bool:
    if _PRIVATE_USE.search(text):
        return False
    try:
        text.encode(ENCODING)
    except UnicodeEncodeError:
        return False
    return True


def _code_points(letter: str) -> str:
    return " ".join(f"U+{ord(each):04X}" for each in letter)
