"""Whose move it is, kept with the case (持ち主の控え): in the transaction that changes it.

What says it stands in five tables beside the case, and many services write them. A listener sees
every flush and notes the cases; before the commit one statement writes what the rule of
`whose_move` says of these now. `holders_in_step` does so earlier, for what reads the column inside
of the transaction. `flask verify` compares the column with the rule.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Select, Update, bindparam, event, inspect, or_, select, update
from sqlalchemy.engine import Result
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from app.extensions import Base
from app.handoffs.models import Handoff, HandoffDue
from app.proposals.models import CaseClock, Proposal
from app.proposals.moves import OF_CASE
from app.reports.backlog.whose_move import kind_of_holder
from app.triage.models import Assessment, Assignment

_DUE = "cases whose holder is due"
_AT_ONCE = 400

# Columns that say whose move it is, beside a row that is new or gone.
_WATCHED: dict[type[Base], tuple[str, ...]] = {
    Proposal: ("state", "pending_owner_id"),
    CaseClock: ("holder", "ended_at"),
    Assignment: ("ended_at",),
    Assessment: ("status", "first_opinion_id"),
    Handoff: ("ended_at",),
    HandoffDue: ("term",),
}


class _Due:
    """Cases to look at again before the commit (控えを直す案件): some, or all of them."""

    def __init__(self) -> None:
        self.case_ids: set[int] = set()
        self.handoff_ids: set[int] = set()
        self.is_all = False

    def note(self, row: Any) -> None:
        """Note the case of a row that was written."""
        if isinstance(row, HandoffDue):
            self.handoff_ids.add(row.handoff_id)
        else:
            self.case_ids.add(row.id if isinstance(row, Proposal) else row.proposal_id)

    def updates(self) -> Iterator[tuple[Update, dict[str, list[int]]]]:
        """What writes the cases that were noted, a part of them at a time, with its values."""
        if self.is_all:
            yield _of_all(), {}
            return
        ids = sorted(self.case_ids)
        parts = [ids[first : first + _AT_ONCE] for first in range(0, len(ids), _AT_ONCE)]
        if self.handoff_ids:
            first, *parts = parts or [[]]
            yield _of_dates(), {"case_ids": first, "handoff_ids": sorted(self.handoff_ids)}
        for part in parts:
            yield _of_cases(), {"case_ids": part}


# Every act that moves a case ends with one of these: their words are made once.
@cache
def _of_all() -> Update:
    return update(Proposal).values(holder_kind=kind_of_holder())


@cache
def _of_cases() -> Update:
    return _of_all().where(Proposal.id.in_(bindparam("case_ids", expanding=True)))


@cache
def _of_dates() -> Update:
    is_noted = Handoff.id.in_(bindparam("handoff_ids", expanding=True))
    of_dates = Proposal.id.in_(select(Handoff.proposal_id).where(is_noted))
    return _of_all().where(or_(Proposal.id.in_(bindparam("case_ids", expanding=True)), of_dates))


def keep_holders() -> None:
    """Listen to every session (控えの開始); called once, when the program is put together."""
    event.listen(Session, "after_flush", _note_changes)
    event.listen(Session, "before_commit", holders_in_step)
    event.listen(Session, "after_rollback", _forget)
    event.listen(Session, "do_orm_execute", _follow_statement)


def holders_in_step(session: Session) -> None:
    """Write whose move the cases are that changed in this transaction (控えの書込み)."""
    session.flush()
    due: _Due | None = session.info.pop(_DUE, None)
    if due is None:
        return
    for statement, values in due.updates():
        session.connection().execute(statement, values)


def _due_of(session: Session) -> _Due:
    due: _Due = session.info.setdefault(_DUE, _Due())
    return due


def _forget(session: Session) -> None:
    session.info.pop(_DUE, None)


def _note_changes(session: Session, flushed: UOWTransaction) -> None:
    for state, (is_deleted, is_only_looked_at) in flushed.states.items():
        row = state.obj()
        columns = _WATCHED.get(type(row))
        if columns is None or row is None or is_only_looked_at:
            continue
        if is_deleted or state.key is None or _has_changed(row, columns):
            _due_of(session).note(row)


def _has_changed(row: Any, columns: tuple[str, ...]) -> bool:
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in columns)


def _follow_statement(asked: ORMExecuteState) -> Result[Any] | None:
    """Follow an UPDATE, DELETE or INSERT of many rows, which no flush tells of."""
    is_written = asked.is_update or asked.is_delete or asked.is_insert
    if not is_written or asked.bind_mapper is None or asked.bind_mapper.class_ not in _WATCHED:
        return None
    due = _due_of(asked.session)
    if (case_id := asked.execution_options.get(OF_CASE)) is not None:
        due.case_ids.add(case_id)
        return None
    where = getattr(asked.statement, "whereclause", None)
    if where is None:
        due.is_all = True
        return None
    touched: Select[Any] = select(asked.bind_mapper.class_).where(where)
    for row in asked.session.scalars(touched):
        due.note(row)
    return None
