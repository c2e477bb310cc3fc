"""Orders of the lists (並べ替え), and where a page begins (カーソル).

A page is found by the sort values of its neighbour, never by counting rows: the 200th page costs
what the first one does. No sort value is NULL, so that SQLite and PostgreSQL order alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, Text, and_, case, func, or_

from app.accounts.models import Organization
from app.core.pagination import Page, decode_cursor, encode_cursor
from app.extensions import db
from app.proposals.models import Proposal
from app.workflow.states import State

PAGE_SIZE = 50
AFTER, BEFORE = "after", "before"

# A long title would make an address no browser sends; what is equal so far is ordered by number.
SORTED_LETTERS = 40
NO_DATE = date(1970, 1, 1)
LARGEST_INTEGER = 2**31 - 1
# At the ends of the calendar a change of zone leaves it.
SENSIBLE_YEARS = range(1900, 9000)

Value = int | str | date | datetime


@dataclass(frozen=True, kw_only=True)
class SortColumn:
    """One value a list is ordered by.

    `keeps_direction` is for what no reader turns round, `is_reversed` for the newest in front.
    """

    expression: SQLColumnExpression[Any]
    kind: type[Value]
    keeps_direction: bool = False
    is_reversed: bool = False


@dataclass(frozen=True, kw_only=True)
class Sort:
    """A chosen order: its key, its direction, its columns, the last one unique."""

    key: str
    is_descending: bool
    columns: tuple[SortColumn, ...]

    @property
    def word(self) -> str:
        """The order as an address names it: `due`, `-due` from the end."""
        return f"-{self.key}" if self.is_descending else self.key

    def goes_down(self, column: SortColumn) -> bool:
        """Whether the values of a column get smaller down the list."""
        is_turned = self.is_descending and not column.keeps_direction
        return is_turned != column.is_reversed


_ID = SortColumn(expression=Proposal.id, kind=int)
_NUMBER = (
    SortColumn(expression=Proposal.round_id, kind=int),
    SortColumn(expression=func.coalesce(Proposal.receipt_sequence, 0), kind=int),
    _ID,
)
_TITLE = (
    SortColumn(expression=func.substr(Proposal.title, 1, SORTED_LETTERS, type_=Text()), kind=str),
    _ID,
)

# A case without a date comes last, whichever way the dates run.
_DUE = (
    SortColumn(
        expression=case((Proposal.due_on.is_(None), 1), else_=0), kind=int, keeps_direction=True
    ),
    SortColumn(expression=func.coalesce(Proposal.due_on, NO_DATE), kind=date),
    _ID,
)
_SINCE = (SortColumn(expression=Proposal.state_since, kind=datetime), _ID)
_ORGANIZATION = (
    SortColumn(expression=func.coalesce(Organization.code, ""), kind=str),
    SortColumn(expression=Proposal.organization_id, kind=int),
    _ID,
)

# What the body must do itself comes first, then the newest; an inner step moves nothing here.
_TODO = (
    SortColumn(
        expression=case(
            (Proposal.state == State.RETURNED, 0), (Proposal.state == State.DRAFT, 1), else_=2
        ),
        kind=int,
        keeps_direction=True,
    ),
    *[replace(column, is_reversed=True) for column in _NUMBER],
)

CASE_SORTS: dict[str, tuple[SortColumn, ...]] = {
    "number": _NUMBER,
    "due": _DUE,
    "title": _TITLE,
    "since": _SINCE,
    "organization": _ORGANIZATION,
}
# A body must not read inner steps off the order of its cases: no dates here.
OWN_SORTS: dict[str, tuple[SortColumn, ...]] = {
    "todo": _TODO,
    "number": _NUMBER,
    "title": _TITLE,
}


def find_sort(word: str, sorts: Mapping[str, tuple[SortColumn, ...]]) -> Sort | None:
    """Return the order an address names (`due`, `-due`), None for an unknown one."""
    key = word.removeprefix("-")
    columns = sorts.get(key)
    if columns is None:
        return None
    return Sort(key=key, is_descending=word.startswith("-"), columns=columns)


def is_cursor_of(cursor: str, sort: Sort) -> bool:
    """Whether the word from an address marks a place in this order."""
    return _read(cursor, sort) is not None


def read_page(
    statement: Select[Proposal], sort: Sort, cursor: str, *, total: int, size: int = PAGE_SIZE
) -> Page[Proposal]:
    """Read one page of a list (一覧の1ページ); from the top for a cursor that is none.

    `total` is the number of rows of the whole list.
    """
    place = _read(cursor, sort) if cursor else None
    is_backwards = place is not None and place[0] == BEFORE
    found = db.session.execute(_ordered(statement, sort, place).limit(size + 1)).all()
    if not found and place is not None:
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


def _ordered(
    statement: Select[Proposal], sort: Sort, place: tuple[str, list[Value]] | None
) -> Select[*tuple[Any, ...]]:
    is_backwards = place is not None and place[0] == BEFORE
    order = [
        column.expression.desc() if sort.goes_down(column) != is_backwards else column.expression
        for column in sort.columns
    ]
    listed = statement.add_columns(*[column.expression for column in sort.columns])
    if place is not None:
        listed = listed.where(_beyond(sort, place[1], is_backwards=is_backwards))
    return listed.order_by(*order)


def _beyond(sort: Sort, values: Sequence[Value], *, is_backwards: bool) -> ColumnElement[bool]:
    """Rows after the place: equal in the first columns, further on in the next one."""
    alternatives = []
    equal: list[ColumnElement[bool]] = []
    for column, value in zip(sort.columns, values, strict=True):
        goes_down = sort.goes_down(column) != is_backwards
        further = column.expression < value if goes_down else column.expression > value
        alternatives.append(and_(*equal, further))
        equal.append(column.expression == value)
    return or_(*alternatives)


def _write(sort: Sort, direction: str, values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return encode_cursor([sort.word, direction, *plain])


def _read(cursor: str, sort: Sort) -> tuple[str, list[Value]] | None:
    packed = decode_cursor(cursor, len(sort.columns) + 2)
    if packed is None or packed[0] != sort.word or packed[1] not in (AFTER, BEFORE):
        return None
    values = [
        _value(column.kind, value) for column, value in zip(sort.columns, packed[2:], strict=True)
    ]
    known = [value for value in values if value is not None]
    return (str(packed[1]), known) if len(known) == len(values) else None


def _value(kind: type[Value], packed: str | int | None) -> Value | None:
    """Read one sort value; None for what a database would refuse."""
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
