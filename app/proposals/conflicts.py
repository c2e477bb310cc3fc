"""The cases a person must not touch (利益相反), as a condition: one rule, asked in two ways."""

from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    SQLColumnExpression,
    and_,
    exists,
    or_,
    select,
    union,
)
from sqlalchemy.orm import aliased

from app.core import clock
from app.proposals.models import ConflictOfInterest, CoProposer, PartnerAnswer, Proposal


def conflict_of(user_id: int) -> ColumnElement[bool]:
    """Condition for the cases one person must not touch today (利益相反).

    It begins with the few conflicts of that person and is asked once a query, not once a case: a
    list of a hundred thousand cases costs the same whether the person has a conflict or none.
    """
    return _conflict_of(user_id, clock.today())


def conflict_of_each(user_id: SQLColumnExpression[Any]) -> ColumnElement[bool]:
    """The same for whoever a column of the query names, case by case (利益相反)."""
    absorbed = _absorbed()
    # `correlate`: this deep the case would be taken for any case, and one conflict for all of them.
    of_case = absorbed.merged_into_id == Proposal.id
    within = select(absorbed.id).where(of_case).correlate(Proposal)
    bodies_within = select(absorbed.organization_id).where(of_case).correlate(Proposal)
    agreed = and_(CoProposer.answer == PartnerAnswer.ACCEPTED, CoProposer.removed_at.is_(None))
    partners = (
        select(CoProposer.organization_id)
        .where(or_(CoProposer.proposal_id == Proposal.id, CoProposer.proposal_id.in_(within)))
        .where(agreed)
        .correlate(Proposal)
    )
    return exists().where(
        ConflictOfInterest.user_id == user_id,
        ConflictOfInterest.in_force(),
        or_(
            ConflictOfInterest.proposal_id == Proposal.id,
            ConflictOfInterest.organization_id == Proposal.organization_id,
            ConflictOfInterest.organization_id.in_(partners),
            ConflictOfInterest.proposal_id.in_(within),
            ConflictOfInterest.organization_id.in_(bodies_within),
        ),
    )


# The words of the condition, not its answer: the day is in it, and which rows it finds is asked
# anew with every query.
@lru_cache(maxsize=1024)
def _conflict_of(user_id: int, _today: date) -> ColumnElement[bool]:
    return Proposal.id.in_(_cases_in_conflict(user_id))


def _cases_in_conflict(user_id: int) -> CompoundSelect[Any]:
    # No `correlate`: nothing here may be taken for the case that the query around it is about.
    in_force = and_(ConflictOfInterest.user_id == user_id, ConflictOfInterest.in_force())
    cases = (
        select(ConflictOfInterest.proposal_id)
        .where(in_force, ConflictOfInterest.proposal_id.is_not(None))
        .correlate(None)
    )
    bodies = (
        select(ConflictOfInterest.organization_id)
        .where(in_force, ConflictOfInterest.organization_id.is_not(None))
        .correlate(None)
    )
    absorbed, partner = _absorbed(), _partner()
    has_agreed = and_(
        partner.organization_id.in_(bodies),
        partner.answer == PartnerAnswer.ACCEPTED,
        partner.removed_at.is_(None),
    )
    of_partners = select(partner.proposal_id).where(has_agreed).correlate(None)
    of_bodies = select(absorbed.id).where(absorbed.organization_id.in_(bodies)).correlate(None)
    touched = (cases, of_bodies, of_partners)
    taken_in = select(absorbed.merged_into_id).where(absorbed.merged_into_id.is_not(None))
    return union(
        *touched, *(taken_in.where(absorbed.id.in_(found)).correlate(None) for found in touched)
    )


# Made once: each copies every column of its table.
@cache
def _absorbed() -> type[Proposal]:
    return aliased(Proposal)


@cache
def _partner() -> type[CoProposer]:
    return aliased(CoProposer)
