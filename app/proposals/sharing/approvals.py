"""Finding requests for approval inside a body (決裁の検索)."""

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.accounts.models import User
from app.audit.reading import note_read
from app.core.errors import NotFound
from app.extensions import db
from app.proposals.models import ApprovalDecision, ApprovalRequest, Proposal
from app.proposals.queries import is_of_body
from app.workflow.states import State

NOT_FOUND = "この決裁の依頼は見つかりません。ホームの「決裁待ち」から開いてください。"


def approvals_of(proposal: Proposal) -> list[ApprovalRequest]:
    """Every request for approval of a proposal, oldest first (決裁の履歴)."""
    return list(
        db.session.scalars(
            select(ApprovalRequest)
            .where(ApprovalRequest.proposal_id == proposal.id)
            .order_by(ApprovalRequest.id)
        )
    )


def waiting_approval(proposal: Proposal) -> ApprovalRequest | None:
    """Return the request that waits for a decision (決裁待ち), None when none does."""
    return db.session.scalars(
        select(ApprovalRequest).where(
            ApprovalRequest.proposal_id == proposal.id, ApprovalRequest.decision.is_(None)
        )
    ).one_or_none()


def approved_requests_of(proposal: Proposal) -> list[ApprovalRequest]:
    """Requests that were approved, for whatever text, the latest first (決裁)."""
    rows = reversed(approvals_of(proposal))
    return [row for row in rows if row.decision is ApprovalDecision.APPROVED]


def waiting_approvals(actor: User) -> list[ApprovalRequest]:
    """Requests of the actor's body that wait for a decision, the oldest first (決裁待ち)."""
    return list(
        db.session.scalars(
            _of_body(actor)
            .where(
                ApprovalRequest.decision.is_(None),
                Proposal.state.in_([State.DRAFT, State.RETURNED]),
            )
            .order_by(ApprovalRequest.requested_at, ApprovalRequest.id)
        )
    )


def get_approval(actor: User, approval_id: int) -> ApprovalRequest:
    """Return the request for approval with this id, if it is of the actor's body.

    Raises NotFound.
    """
    statement = _of_body(actor).where(ApprovalRequest.id == approval_id)
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(NOT_FOUND)
    note_read("proposal", found.proposal_id)
    return found


def _of_body(actor: User) -> Select[ApprovalRequest]:
    return (
        select(ApprovalRequest)
        .join(ApprovalRequest.proposal)
        .where(is_of_body(actor))
        .options(joinedload(ApprovalRequest.requested_by))
    )
