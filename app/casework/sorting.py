"""Pages of the lists (一覧のページ): where one begins (カーソル), and what is on it.

A page is found by the sort values of its neighbour, never by counting rows: the 200th page costs
what the first one does.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select

from app.casework.orders import NO_DATE, Place, Sort
from app.core.pagination import (
    Page,
    Value,
    beyond,
    decode_cursor,
    encode_cursor,
    pack_values,
    unpack_value,
)
from app.extensions import db
from app.proposals.models import Proposal

PAGE_SIZE = 50
AFTER, BEFORE = "after", "before"


class _Part(NamedTuple):
    """Rows of an order that are read by themselves (並びの区分)."""

    flag: int
    # Values of the columns that are the same for all of them.
    leading: tuple[Value, ...]
    sort: Sort
    condition: ColumnElement[bool]


def is_cursor_of(cursor: str, sort: Sort) -> bool:
    """Whether the word from an address marks a place in this order."""
    return _read(cursor, sort) is not None


def read_page(
    statement: Select[Proposal],
    sort: Sort,
    cursor: str,
    *,
    total: int,
    size: int = PAGE_SIZE,
    begins_anew: bool = True,
) -> Page[Proposal]:
    """Read one page of a list (一覧の1ページ); from the top for a cursor that is none.

    `total` is the number of rows of the whole list. Where nothing is left at the place of the
    cursor the list begins anew, for people: a program that goes on would never come to the end.
    """
    place = _read(cursor, sort) if cursor else None
    is_backwards = place is not None and place[0] == BEFORE
    found = _found(statement, sort, place, size + 1)
    if not found and place is not None and begins_anew:
        return read_page(statement, sort, "", total=total, size=size)
    has_more = len(found) > size
    rows = list(found[:size])
    if is_backwards:
        rows.reverse()
    has_next = bool(rows) and (is_backwards or has_more)
    has_previous = bool(rows) and (has_more if is_backwards else place is not None)
    return Page(
        rows=[row[0] for row in rows],
        total=total,
        next_cursor=_write(sort, AFTER, rows[-1][1:]) if has_next else None,
        previous_cursor=_write(sort, BEFORE, rows[0][1:]) if has_previous else None,
    )


def _found(
    statement: Select[Proposal], sort: Sort, place: Place | None, size: int
) -> list[tuple[Any, ...]]:
    is_backwards = place is not None and place[0] == BEFORE
    values = place[1] if place else None
    if sort.columns[0].empty_last is None:
        ordered = _ordered(statement, sort, values, is_backwards=is_backwards).limit(size)
        return [tuple(row) for row in db.session.execute(ordered)]
    found: list[tuple[Any, ...]] = []
    for part in _parts(sort, is_backwards=is_backwards):
        reached = values is None or (
            part.flag <= values[0] if is_backwards else part.flag >= values[0]
        )
        if not reached or len(found) == size:
            continue
        is_inside = values is not None and part.flag == values[0]
        beyond = values[-len(part.sort.columns) :] if values and is_inside else None
        ordered = _ordered(
            statement.where(part.condition), part.sort, beyond, is_backwards=is_backwards
        ).limit(size - len(found))
        found += [(row[0], *part.leading, *row[1:]) for row in db.session.execute(ordered)]
    return found


def _parts(sort: Sort, *, is_backwards: bool) -> list[_Part]:
    """The rows with a value and those without one, in the order of the list."""
    column = sort.columns[0].empty_last
    if column is None:
        raise ValueError("this order has no parts")
    parts = [
        _Part(0, (0,), replace(sort, columns=sort.columns[1:]), column.is_not(None)),
        _Part(1, (1, NO_DATE), replace(sort, columns=sort.columns[2:]), column.is_(None)),
    ]
    return parts[::-1] if is_backwards else parts


def _ordered(
    statement: Select[Proposal],
    sort: Sort,
    values: Sequence[Value] | None,
    *,
    is_backwards: bool,
) -> Select[*tuple[Any, ...]]:
    order = [
        column.expression.desc() if sort.goes_down(column) != is_backwards else column.expression
        for column in sort.columns
    ]
    listed = statement.add_columns(*[column.expression for column in sort.columns])
    if values is not None:
        listed = listed.where(_beyond(sort, values, is_backwards=is_backwards))
    return listed.order_by(*order)


def _beyond(sort: Sort, values: Sequence[Value], *, is_backwards: bool) -> ColumnElement[bool]:
    return beyond(
        [column.expression for column in sort.columns],
        [sort.goes_down(column) != is_backwards for column in sort.columns],
        values,
    )


def _write(sort: Sort, direction: str, values: Sequence[Any]) -> str:
    return encode_cursor([sort.word, direction, *pack_values(values)])


def _read(cursor: str, sort: Sort) -> Place | None:
    packed = decode_cursor(cursor, len(sort.columns) + 2)
    if packed is None or packed[0] != sort.word or packed[1] not in (AFTER, BEFORE):
        return None
    values = [
        unpack_value(column.kind, value)
        for column, value in zip(sort.columns, packed[2:], strict=True)
    ]
    known = [value for value in values if value is not None]
    return (str(packed[1]), known) if len(known) == len(values) else None
