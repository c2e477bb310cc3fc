"""Keyset pages (一覧のページ送り): a page costs the same wherever it lies."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, or_, tuple_

Row = TypeVar("Row")
Value = int | str | date | datetime

LARGEST_INTEGER = 2**31 - 1
# At the ends of the calendar a change of zone leaves it.
SENSIBLE_YEARS = range(1900, 9000)


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


def beyond(
    columns: Sequence[SQLColumnExpression[Any]], goes_down: Sequence[bool], values: Sequence[Value]
) -> ColumnElement[bool]:
    """Condition for the rows after a place: equal in the first columns, further on in the next."""
    if len(set(goes_down)) == 1:
        # As one value of several parts: so an index is entered at the place, however far it is.
        here, there = tuple_(*columns), tuple(values)
        return here < there if goes_down[0] else here > there
    alternatives = []
    equal: list[ColumnElement[bool]] = []
    for column, is_down, value in zip(columns, goes_down, values, strict=True):
        alternatives.append(and_(*equal, column < value if is_down else column > value))
        equal.append(column == value)
    return or_(*alternatives)


def pack_values(values: Sequence[Any]) -> list[Any]:
    """Sort values as a cursor holds them: dates and instants in words."""
    return [value.isoformat() if isinstance(value, date) else value for value in values]


def unpack_value(kind: type[Value], packed: str | int | None) -> Value | None:
    """Read one sort value of a cursor; None for what a database would refuse."""
    if kind is int:
        is_number = isinstance(packed, int) and abs(packed) <= LARGEST_INTEGER
        return packed if is_number else None
    if not isinstance(packed, str):
        return None
    if kind is str:
        return packed if _is_storable(packed) else None
    try:
        found = date.fromisoformat(packed) if kind is date else datetime.fromisoformat(packed)
    except ValueError:
        return None
    if found.year not in SENSIBLE_YEARS:
        return None
    return None if isinstance(found, datetime) and found.tzinfo is None else found


def _is_storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
