"""Orders of the lists (並べ替え): by which columns, and which of them a reader may turn round.

No sort value is NULL, so that SQLite and PostgreSQL order alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import SQLColumnExpression, Text, case, func

from app.accounts.models import Organization
from app.core.pagination import Value
from app.proposals.models import Proposal
from app.workflow.states import State

# A long title would make an address no browser sends; what is equal so far is ordered by number.
SORTED_LETTERS = 40
NO_DATE = date(1970, 1, 1)

# Direction in which the page lies, and the values of its neighbour.
Place = tuple[str, list[Any]]


@dataclass(frozen=True, kw_only=True)
class SortColumn:
    """One value a list is ordered by.

    `keeps_direction` is for what no reader turns round, `is_reversed` for the newest in front. The
    value `empty_last`, where it stands, is 1 for the rows without a value of that column, which
    come last and are read by themselves: so an index gives the order of the others.
    """

    expression: SQLColumnExpression[Any]
    kind: type[Value]
    keeps_direction: bool = False
    is_reversed: bool = False
    empty_last: SQLColumnExpression[Any] | None = None


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
# Of the cases of one round: each has a number, and its parts are numbered in turn. The unique index
# has them in this order.
_NUMBER = (
    SortColumn(expression=Proposal.receipt_sequence, kind=int),
    SortColumn(expression=Proposal.branch_number, kind=int),
)
# Drafts of a body have none.
_NUMBER_IF_ANY = (
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
        expression=case((Proposal.due_on.is_(None), 1), else_=0),
        kind=int,
        keeps_direction=True,
        empty_last=Proposal.due_on,
    ),
    SortColumn(expression=Proposal.due_on, kind=date),
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
    *[replace(column, is_reversed=True) for column in _NUMBER_IF_ANY],
)

# The list of the secretariat is always that of one round.
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
    "number": _NUMBER_IF_ANY,
    "title": _TITLE,
}


def find_sort(word: str, sorts: Mapping[str, tuple[SortColumn, ...]]) -> Sort | None:
    """Return the order an address names (`due`, `-due`), None for an unknown one."""
    key = word.removeprefix("-")
    columns = sorts.get(key)
    if columns is None:
        return None
    return Sort(key=key, is_descending=word.startswith("-"), columns=columns)
