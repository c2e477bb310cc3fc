"""Where the sign-off of a proposal stands (決裁の状況), for the pages of its body."""

from typing import NamedTuple

from app.accounts.models import Role, User
from app.accounts.queries import users_of_body
from app.extensions import db
from app.proposals.models import ApprovalDecision, ApprovalRequest, Proposal, ProposalRevision
from app.proposals.policy import can_approve
from app.proposals.services.readiness import approval_now
from app.proposals.sharing.approvals import approvals_of


class SignOff(NamedTuple):
    """The sign-off of one proposal for one reader (決裁の状況).

    `is_used`: the body signs off, or a request still waits. `approved` holds for the present text.
    `declined` is the last word, if it was a no and nothing came after it.
    """

    is_used: bool
    waiting: ApprovalRequest | None
    approved: ApprovalRequest | None
    declined: ApprovalRequest | None
    can_approve: bool
    approvers: list[str]


def sign_off_of(proposal: Proposal, actor: User) -> SignOff:
    """Read the sign-off of a proposal for a reader of its body (決裁の状況)."""
    asked = approvals_of(proposal)
    last = asked[-1] if asked else None
    waiting = last if last is not None and last.decision is None else None
    is_declined = last is not None and last.decision is ApprovalDecision.DECLINED
    return SignOff(
        is_used=proposal.organization.requires_approval or waiting is not None,
        waiting=waiting,
        approved=approval_now(proposal),
        declined=last if is_declined else None,
        can_approve=waiting is not None and can_approve(actor, proposal, waiting),
        approvers=_approvers(proposal, actor, waiting),
    )


def signers_of(revision: ProposalRevision) -> tuple[User, User] | tuple[()]:
    """Who drafted and who approved a submission (起案者・決裁者), empty without a sign-off."""
    if revision.drafted_by_id is None or revision.approved_by_id is None:
        return ()
    drafter = db.session.get_one(User, revision.drafted_by_id)
    return drafter, db.session.get_one(User, revision.approved_by_id)


def _approvers(proposal: Proposal, actor: User, waiting: ApprovalRequest | None) -> list[str]:
    """Names of the managers who could approve, if the actor or whoever asked is the drafter."""
    drafter_id = waiting.requested_by_id if waiting else actor.id
    editor_id = proposal.edited_by_id or proposal.created_by_id
    managers = db.session.scalars(users_of_body(proposal.organization_id, Role.PROPOSER_MANAGER))
    return [row.display_name for row in managers if row.id not in (drafter_id, editor_id)]
