"""Corrected cases that came back (再提出), and the officer each of them comes back to."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, select

from app.accounts.models import Role, User
from app.extensions import db
from app.proposals.models import CorrectionRequest, Proposal
from app.proposals.queries import has_conflict
from app.workflow.states import State


class Resubmission(NamedTuple):
    """A corrected case in the form check (再提出).

    `officer` is whoever returned it, or took it over; None where that person is gone or must not
    touch the case any more: then it is everybody's.
    """

    officer: User | None
    resubmitted_at: datetime


def resubmissions_waiting(*conditions: ColumnElement[bool]) -> dict[int, Resubmission]:
    """Corrected cases that wait for the form check, by proposal id (再提出); some of them.

    The conditions are about the case.
    """
    are_meant = (Proposal.state == State.SUBMITTED, *conditions)
    answered = db.session.execute(
        select(
            CorrectionRequest.proposal_id,
            CorrectionRequest.returns_to_id,
            CorrectionRequest.answered_at,
        )
        .join(Proposal, Proposal.id == CorrectionRequest.proposal_id)
        .where(CorrectionRequest.answered_at.is_not(None), *are_meant)
        .order_by(CorrectionRequest.id)
    )
    latest = {row.proposal_id: row for row in answered}
    if not latest:
        return {}
    officers = _officers(row.returns_to_id for row in latest.values())
    conflicts = _conflicts(officers, are_meant)
    return {
        proposal_id: _resubmission(row, officers, conflicts) for proposal_id, row in latest.items()
    }


def resubmission_of(proposal: Proposal) -> Resubmission | None:
    """Return what is known of a case that came back corrected, None for any other (再提出)."""
    return resubmissions_waiting(Proposal.id == proposal.id).get(proposal.id)


def _officers(ids: Iterable[int]) -> dict[int, User | None]:
    """Whoever returned the cases, by id; None who may not work on them any more."""
    rows = db.session.scalars(select(User).where(User.id.in_(set(ids))))
    return {
        row.id: row if row.is_active and row.has_role(Role.OFFICER, Role.LEAD) else None
        for row in rows
    }


def _resubmission(
    row: Row[int, int, datetime | None],
    officers: Mapping[int, User | None],
    conflicts: Collection[tuple[int, int]],
) -> Resubmission:
    proposal_id, officer_id, answered_at = row
    if answered_at is None:
        raise LookupError("a resubmission answers its request")
    is_conflicted = (officer_id, proposal_id) in conflicts
    return Resubmission(None if is_conflicted else officers[officer_id], answered_at)


def _conflicts(
    officers: Collection[int], are_meant: Collection[ColumnElement[bool]]
) -> set[tuple[int, int]]:
    """Pairs of officer and corrected case that must not meet today (利益相反), by id."""
    found = (
        select(CorrectionRequest.returns_to_id, Proposal.id)
        .join(Proposal, Proposal.id == CorrectionRequest.proposal_id)
        .where(
            CorrectionRequest.returns_to_id.in_(officers),
            CorrectionRequest.answered_at.is_not(None),
            *are_meant,
            has_conflict(CorrectionRequest.returns_to_id),
        )
    )
    return {(row[0], row[1]) for row in db.session.execute(found)}
