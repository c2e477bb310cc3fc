"""What ties a person of the desk to a case (受け持ち): review, correction, pending case, claim."""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.accounts.models import User
from app.core import clock
from app.extensions import db
from app.proposals.models import CorrectionRequest, Proposal
from app.triage.models import Assignment, CaseClaim
from app.workflow.states import State


class Duty(StrEnum):
    """How a person has a case in hand (受け持ちの種類)."""

    REVIEW = "review"
    CORRECTION = "correction"
    PENDING = "pending"
    CLAIM = "claim"


DUTY_WORDS = {
    Duty.REVIEW: "担当",
    Duty.CORRECTION: "差戻し・再提出の確認",
    Duty.PENDING: "ペンディングの持ち主",
    Duty.CLAIM: "着手中",
}


def conditions_of(user: User) -> dict[Duty, ColumnElement[bool]]:
    """Conditions for the cases a person has in hand, by the kind of duty (受け持ち)."""
    return {
        Duty.REVIEW: exists().where(
            Assignment.proposal_id == Proposal.id,
            Assignment.reviewer_id == user.id,
            Assignment.ended_at.is_(None),
        ),
        Duty.CORRECTION: exists().where(is_correction_of(user)),
        Duty.PENDING: and_(Proposal.state == State.PENDING, Proposal.pending_owner_id == user.id),
        Duty.CLAIM: exists().where(
            CaseClaim.proposal_id == Proposal.id,
            CaseClaim.user_id == user.id,
            CaseClaim.released_at.is_(None),
            CaseClaim.expires_at > clock.now(),
        ),
    }


def is_correction_of(user: User) -> ColumnElement[bool]:
    """Condition for the returns that come back to a person: open, or answered and not judged yet.

    To be used where the case is in the query (再提出の戻り先).
    """
    return and_(
        CorrectionRequest.proposal_id == Proposal.id,
        CorrectionRequest.returns_to_id == user.id,
        or_(
            and_(Proposal.state == State.RETURNED, CorrectionRequest.answered_at.is_(None)),
            and_(Proposal.state == State.SUBMITTED, CorrectionRequest.answered_at.is_not(None)),
        ),
    )


def has_duty(user: User) -> ColumnElement[bool]:
    """Condition for the cases a person has in hand in any way (手元の仕事)."""
    return or_(*conditions_of(user).values())


def duties_of(user: User, proposal_ids: list[int]) -> dict[int, list[Duty]]:
    """Kinds of duty a person has on each of some cases, by proposal id (受け持ち)."""
    found: dict[int, list[Duty]] = {proposal_id: [] for proposal_id in proposal_ids}
    for duty, condition in conditions_of(user).items():
        statement = select(Proposal.id).where(Proposal.id.in_(proposal_ids), condition)
        for proposal_id in db.session.scalars(statement):
            found[proposal_id].append(duty)
    return found
