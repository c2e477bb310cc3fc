"""A backlog counted (滞留の件数): what the database groups, or what rows come to, in one shape."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from heapq import nsmallest
from typing import NamedTuple

from app.reports.backlog.rows import BacklogRow, Holder, place_of
from app.workflow.holders import HolderKind
from app.workflow.states import State

OLDEST_SHOWN = 10
# Overdue cases that the page tells one by one; the list and the files have them all.
OVERDUE_SHOWN = 50


class Cell(NamedTuple):
    """Cases alike in state, class, range of ages and kind of holder (行列の1区画)."""

    state: State
    category_key: str
    place: int  # of the range of ages among BUCKETS
    kind: HolderKind
    cases: int


class Share(NamedTuple):
    """What one holder has in one state (手持ち); `oldest` is the age in office days."""

    kind: HolderKind
    holder: Holder
    state: State
    cases: int
    overdue: int
    oldest: int


class Tally(NamedTuple):
    """A backlog counted (滞留の件数), whether by the database or from rows.

    `overdue_shown` are the longest overdue, `oldest` the longest in their state, both in order.
    """

    cells: Sequence[Cell]
    shares: Sequence[Share]
    overdue: int
    extended: int
    overdue_shown: tuple[BacklogRow, ...]
    oldest: tuple[BacklogRow, ...]


def tally_of(rows: Sequence[BacklogRow]) -> Tally:
    """Count rows (滞留の件数)."""
    cells = Counter((row.state, row.category_key, row.age, row.holder_kind) for row in rows)
    overdue = overdue_of(rows)
    return Tally(
        cells=[
            Cell(state, category, place_of(age), kind, number)
            for (state, category, age, kind), number in cells.items()
        ],
        shares=[
            Share(row.holder_kind, holder, row.state, 1, int(row.overdue > 0), row.age)
            for row in rows
            for holder in row.holders
        ],
        overdue=len(overdue),
        extended=sum(row.is_extended for row in rows),
        overdue_shown=tuple(overdue[:OVERDUE_SHOWN]),
        oldest=tuple(nsmallest(OLDEST_SHOWN, rows, key=oldest_order)),
    )


def overdue_of(rows: Iterable[BacklogRow]) -> list[BacklogRow]:
    """The overdue ones, the longest first, then by receipt number (期限超過)."""
    return sorted((row for row in rows if row.overdue), key=lambda row: (-row.overdue, row.number))


def oldest_order(row: BacklogRow) -> tuple[int, datetime, str]:
    """The longest in its state first, then by receipt number (今の状態が長い順)."""
    return -row.age, row.since, row.number
