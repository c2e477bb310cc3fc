"""Pages with a number (ページ番号) whose links know their place: no page costs more than the first.

A link to the page before or after carries the sort values of its neighbour (cursor) beside the
number. A number alone (typed, or kept from before) is understood, too: only then are the rows in
front of the page passed over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, SQLColumnExpression

from app.core.pagination import (
    Value,
    beyond,
    decode_cursor,
    encode_cursor,
    pack_values,
    unpack_value,
)
from app.extensions import db

Row = TypeVar("Row")

AFTER, BEFORE = "after", "before"
# No list is that long; a larger number in an address is none.
MOST_PAGES = 100_000


class Key(NamedTuple):
    """One value a list is ordered by; never NULL, so that both databases order alike."""

    expression: SQLColumnExpression[Any]
    kind: type[Value]
    goes_down: bool = False

    def in_order(self, *, is_backwards: bool = False) -> ColumnElement[Any]:
        """The value as `order_by` takes it."""
        is_down = self.goes_down != is_backwards
        return self.expression.desc() if is_down else self.expression.asc()


@dataclass(frozen=True, kw_only=True)
class NumberedPage(Generic[Row]):
    """One page with what the addresses of its neighbours say, None at the ends (1ページ)."""

    rows: list[Row]
    number: int
    previous: dict[str, str] | None
    next: dict[str, str] | None


class _Place(NamedTuple):
    is_backwards: bool
    values: list[Value]


def read_numbered(
    statement: Select[Row],
    keys: Sequence[Key],
    asked: Mapping[str, str],
    *,
    size: int,
    total: int | None = None,
) -> NumberedPage[Row]:
    """Read the page an address asks for (`page`, `cursor`), the last one for a number beyond it.

    The last key is unique. Without `total`, the number of rows, a page beyond the end is empty.
    """
    last = MOST_PAGES if total is None else max(1, -(-total // size))
    number = min(page_number(asked.get("page", "")), last)
    listed = statement.add_columns(*[key.expression for key in keys]).order_by(None)
    place = _place_of(asked.get("cursor", ""), number, keys)
    found = _from_place(listed, keys, place, size) if place else []
    if not found:
        found = _rows(_ordered(listed, keys).limit(size + 1).offset((number - 1) * size))
    rows = found[:size]
    return NumberedPage(
        rows=[row[0] for row in rows],
        number=number,
        previous=_address(BEFORE, number - 1, rows[:1]) if number > 1 else None,
        next=_address(AFTER, number + 1, rows[-1:]) if len(found) > size else None,
    )


def cut_page(rows: Sequence[Row], asked: Mapping[str, str], *, size: int) -> NumberedPage[Row]:
    """Cut the page an address asks for out of rows at hand, the last one for a number beyond it."""
    last = max(1, -(-len(rows) // size))
    number = min(page_number(asked.get("page", "")), last)
    return NumberedPage(
        rows=list(rows[(number - 1) * size : number * size]),
        number=number,
        previous={"page": str(number - 1)} if number > 1 else None,
        next={"page": str(number + 1)} if number < last else None,
    )


def page_number(text: str) -> int:
    """Number of the page an address asks for, 1 for what is no number of a page."""
    # Digits of any script pass isdigit; only ASCII ones of a sane length are a page.
    is_number = text.isascii() and text.isdigit() and len(text) < len(str(MOST_PAGES))
    return max(1, int(text)) if is_number else 1


def _from_place(
    listed: Select[Any], keys: Sequence[Key], place: _Place, size: int
) -> list[tuple[Any, ...]]:
    """Rows of the page and one more if there is; none where the list has changed too much."""
    is_backwards = place.is_backwards
    columns = [key.expression for key in keys]
    goes_down = [key.goes_down != is_backwards for key in keys]
    there = listed.where(beyond(columns, goes_down, place.values))
    ordered = _ordered(there, keys, is_backwards=is_backwards)
    found = _rows(ordered.limit(size if is_backwards else size + 1))
    if not is_backwards:
        return found
    # The page was come from, so there is a next one; its first row stands for it.
    return [*found[::-1], found[0]] if len(found) == size else []


def _ordered(
    listed: Select[Any], keys: Sequence[Key], *, is_backwards: bool = False
) -> Select[Any]:
    return listed.order_by(*[key.in_order(is_backwards=is_backwards) for key in keys])


def _rows(statement: Select[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.session.execute(statement)]


def _address(direction: str, number: int, edge: Sequence[tuple[Any, ...]]) -> dict[str, str]:
    address = {"page": str(number)}
    if edge and number > 1:
        address["cursor"] = encode_cursor([direction, number, *pack_values(edge[0][1:])])
    return address


def _place_of(cursor: str, number: int, keys: Sequence[Key]) -> _Place | None:
    packed = decode_cursor(cursor, len(keys) + 2) if cursor else None
    # The first page is the top of the list, and a number that was typed over counts.
    if packed is None or number == 1 or packed[0] not in (AFTER, BEFORE) or packed[1] != number:
        return None
    values = [unpack_value(key.kind, value) for key, value in zip(keys, packed[2:], strict=True)]
    known = [value for value in values if value is not None]
    return _Place(packed[0] == BEFORE, known) if len(known) == len(keys) else None
