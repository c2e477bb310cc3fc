"""Keyset pages (一覧のページ送り): a page costs the same wherever it lies."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Row]):
    """One page of a list with the cursors of its neighbours, None at the ends."""

    rows: Sequence[Row]
    total: int
    next_cursor: str | None
    previous_cursor: str | None


def encode_cursor(values: Sequence[str | int | None]) -> str:
    """Pack the sort values of the last row into a word for the URL."""
    packed = json.dumps(list(values), ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode_cursor(cursor: str, length: int) -> list[str | int | None] | None:
    """Unpack a cursor of `length` values; None for anything that is not one."""
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = json.loads(packed)
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(values, list) or len(values) != length:
        return None
    if any(not isinstance(value, (str, int, type(None))) for value in values):
        return None
    return values
