"""Amendments that nobody decided before the case moved on (変更の申出の失効).

Called by the lifecycle alone, which knows of every move.
"""

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.extensions import db
from app.proposals.models import Amendment, AmendmentDecision, Proposal
from app.workflow.states import State

# In these a body may ask to amend, and the office decides.
AMENDABLE_STATES = (
    State.SUBMITTED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.IN_CONFIRMATION,
    State.PENDING,
)
LAPSE_REASONS: dict[State, str] = {
    State.RETURNED: "差し戻されたため、補正の中で直してください。",
    State.WITHDRAWN: "提案が取り下げられたため、終わりました。",
    State.MERGED: "事務局での取扱いが変わったため、終わりました。",
}
CLASSIFIED_REASON = "決定の前に分類が確定したため、終わりました。"


def lapse_amendment(proposal: Proposal, actor: User | None) -> None:
    """End the waiting amendment of a case that has left the states for it (失効), with a trace."""
    if proposal.state in AMENDABLE_STATES:
        return
    waiting = db.session.scalars(
        select(Amendment).where(Amendment.proposal_id == proposal.id, Amendment.decision.is_(None))
    ).one_or_none()
    if waiting is None:
        return
    waiting.decision = AmendmentDecision.LAPSED
    waiting.decided_at = clock.now()
    waiting.decision_reason = LAPSE_REASONS.get(proposal.state, CLASSIFIED_REASON)
    db.session.flush()
    record(
        "proposal.amendment_lapsed",
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        reason=waiting.decision_reason,
        changes={"amendment_id": waiting.id},
    )
