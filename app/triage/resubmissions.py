"""Corrected cases that came back (再提出), and the officer each of them comes back to."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

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


def resubmissions_among(cases: Sequence[Proposal]) -> dict[int, Resubmission]:
    """Corrected cases among these that wait for the form check, by proposal id (再提出)."""
    ids = [proposal.id for proposal in cases if proposal.state is State.SUBMITTED]
    if not ids:
        return {}
    answered = db.session.scalars(
        select(CorrectionRequest)
        .where(CorrectionRequest.proposal_id.in_(ids), CorrectionRequest.answered_at.is_not(None))
        .options(joinedload(CorrectionRequest.returns_to), lazyload(CorrectionRequest.items))
        .order_by(CorrectionRequest.id)
    )
    latest = {request.proposal_id: request for request in answered}
    conflicts = _conflicts({row.returns_to for row in latest.values()}, list(latest))
    return {
        proposal_id: _resubmission(request, (request.returns_to_id, proposal_id) in conflicts)
        for proposal_id, request in latest.items()
    }


def resubmission_of(proposal: Proposal) -> Resubmission | None:
    """Return what is known of a case that came back corrected, None for any other (再提出)."""
    return resubmissions_among([proposal]).get(proposal.id)


def _resubmission(request: CorrectionRequest, is_conflicted: bool) -> Resubmission:
    officer = request.returns_to
    may_work = officer.is_active and officer.has_role(Role.OFFICER, Role.LEAD)
    if request.answered_at is None:
        raise LookupError("a resubmission answers its request")
    return Resubmission(officer if may_work and not is_conflicted else None, request.answered_at)


def _conflicts(officers: set[User], proposal_ids: list[int]) -> set[tuple[int, int]]:
    """Pairs of officer and case that must not meet today (利益相反)."""
    if not officers:
        return set()
    found = (
        select(User.id, Proposal.id)
        .join(Proposal, Proposal.id.in_(proposal_ids))
        .where(User.id.in_([officer.id for officer in officers]), has_conflict(User.id))
    )
    return {(row[0], row[1]) for row in db.session.execute(found)}
