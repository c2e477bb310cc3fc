"""Narrowing the list to what a cell of the backlog report counts (滞留の絞り込み)."""

from collections.abc import Collection, Mapping
from typing import Protocol

from sqlalchemy import ColumnElement, select

from app.accounts.models import User
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.presentation import Due
from app.reports.backlog.present_cells import in_present_backlog
from app.reports.backlog.queries import measure
from app.reports.backlog.rows import (
    BODY_PREFIX,
    BUCKETS,
    MINISTRY_PREFIX,
    POOLS,
    REVIEWER_PREFIX,
    BacklogRow,
)
from app.reports.counting import read_time
from app.rounds.models import Round

AGE_OPTIONS = {bucket.key: bucket.label for bucket in BUCKETS}
_POOL_NAMES = dict(POOLS)


class Asked(Protocol):
    """The filters that the backlog answers (滞留の絞り込み)."""

    @property
    def age(self) -> str:
        """Range of ages, "" for any (滞留日数)."""

    @property
    def holder(self) -> str:
        """Word of a holder, "" for any (今の持ち主)."""

    @property
    def overdue(self) -> str:
        """Whether only overdue ones are wanted (期限超過)."""

    @property
    def extended(self) -> str:
        """Whether only those with an extended due date are wanted (期限の延長)."""

    @property
    def as_of(self) -> str:
        """The instant in question, "" for now (時点)."""


def holder_name(word: str, options: Mapping[str, Mapping[str, str]]) -> str:
    """Name of the holder a word stands for (今の持ち主); "" when there is none.

    People who left are holders of the past: they are looked for beyond the present reviewers.
    """
    if word.startswith(REVIEWER_PREFIX):
        login = word.removeprefix(REVIEWER_PREFIX)
        known = options["reviewer"].get(login)
        return known or db.session.scalar(select(User.display_name).filter_by(login=login)) or ""
    if word.startswith(BODY_PREFIX):
        return options["organization"].get(word.removeprefix(BODY_PREFIX), "")
    if word.startswith(MINISTRY_PREFIX):
        return options["ministry"].get(word.removeprefix(MINISTRY_PREFIX), "")
    return _POOL_NAMES.get(word, "")


def is_asked(filters: Asked) -> bool:
    """Whether the backlog has to be measured for these filters (滞留の絞り込み)."""
    is_of_its_own = filters.age or filters.holder or filters.extended
    return bool(is_of_its_own or (filters.overdue and filters.as_of))


def in_backlog(filters: Asked, round_: Round) -> ColumnElement[bool]:
    """Condition for the cases that the report counts in the same cell (滞留の絞り込み).

    Who may see which of them is for the list to say.
    """
    if not filters.as_of:
        return in_present_backlog(
            age=filters.age,
            holder=filters.holder,
            is_overdue=bool(filters.overdue),
            is_extended=bool(filters.extended),
        )
    rows = measure(round_, None, read_time(filters.as_of).end)
    return Proposal.id.in_([row.proposal_id for row in rows if _is_meant(row, filters)])


def past_rows(filters: Asked, round_: Round, case_ids: Collection[int]) -> dict[int, BacklogRow]:
    """What the backlog of a past instant knew of these cases, by id (その時点の期限・持ち主).

    Empty unless such a list is asked for.
    """
    if not (filters.as_of and is_asked(filters)):
        return {}
    rows = measure(round_, None, read_time(filters.as_of).end, among=case_ids)
    return {row.proposal_id: row for row in rows}


def past_due(row: BacklogRow | None) -> Due | None:
    """The due date of that time, and by how much it was overdue then (その時点の期限)."""
    if row is None or row.due_on is None:
        return None
    words = f"{row.overdue}開庁日超過" if row.overdue else ""
    return Due(row.due_on, words, "late" if row.overdue else "normal")


def _is_meant(row: BacklogRow, filters: Asked) -> bool:
    if filters.age and row.bucket.key != filters.age:
        return False
    if filters.holder and filters.holder not in {holder.key for holder in row.holders}:
        return False
    if filters.extended and not row.is_extended:
        return False
    return not filters.overdue or row.overdue > 0
