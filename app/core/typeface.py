"""What the typeface of the documents can draw (書体): every other character is shown as 〓.

A PDF/UA document may hold no character without a glyph: without this a single emoji in a proposal
would keep its receipt from being made.
"""

import struct
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pylopdf_fonts_jp

# The sign printers set for a missing piece of type (下駄記号).
MISSING = "〓"
# Selectors of a glyph's variant say nothing when the typeface has only one: they are left out.
_UNSEEN = [(0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)]
_IDEOGRAPH_VARIANTS = range(0xE0100, 0xE01F0)
_SEGMENT_MAP = 12  # format of the table that reaches beyond 16 bits


def drawable(value: Any) -> Any:
    """Return texts, lists and mappings of texts with what cannot be drawn replaced (代替表示)."""
    if isinstance(value, str):
        return "".join(map(_drawn, value))
    if isinstance(value, Mapping):
        return {key: drawable(each) for key, each in value.items()}
    if isinstance(value, Sequence):
        return [drawable(each) for each in value]
    return value


def _drawn(character: str) -> str:
    code = ord(character)
    if character in "\n\t" or code in _covered():
        return character
    if code in _IDEOGRAPH_VARIANTS or any(low <= code <= high for low, high in _UNSEEN):
        return ""
    return MISSING


@cache
def _covered() -> frozenset[int]:
    # Table `cmap` of an OpenType file: groups of (first, last, glyph).
    font = pylopdf_fonts_jp.sans_path().read_bytes()
    (tables,) = struct.unpack_from(">H", font, 4)
    records = (struct.unpack_from(">4sIII", font, 12 + 16 * number) for number in range(tables))
    start = next(offset for tag, _sum, offset, _length in records if tag == b"cmap")
    (maps,) = struct.unpack_from(">H", font, start + 2)
    offsets = [
        struct.unpack_from(">HHI", font, start + 4 + 8 * number)[2] for number in range(maps)
    ]
    chosen = next(
        start + offset
        for offset in offsets
        if struct.unpack_from(">H", font, start + offset)[0] == _SEGMENT_MAP
    )
    (groups,) = struct.unpack_from(">I", font, chosen + 12)
    spans = (
        struct.unpack_from(">III", font, chosen + 16 + 12 * number) for number in range(groups)
    )
    return frozenset(code for first, last, _glyph in spans for code in range(first, last + 1))
