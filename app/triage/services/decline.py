"""Giving an assignment back with a reason (担当の返上)."""

from dataclasses import dataclass

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.core.text import is_blank
from app.extensions import db
from app.proposals.lifecycle import check_version
from app.proposals.models import Proposal
from app.triage.models import AssignmentDecline
from app.triage.policy import can_decline
from app.triage.services.release import release_reviewer
from app.workflow.states import State

NOT_ASSIGNED = "担当を返上できるのは、この提案の担当者本人だけです。"
NOT_IN_REVIEW = "担当を返上できるのは、仕分け中の提案だけです。"


@dataclass(frozen=True, kw_only=True)
class DeclineAssignment:
    """Why a reviewer gives a case back (担当の返上)."""

    version: int
    reason: str


def check_declinable(proposal: Proposal, *, actor: User) -> None:
    """Refuse who is no reviewer of the case, and a case that is not in review.

    Raises NotAllowed, IllegalTransition.
    """
    if not can_decline(actor, proposal):
        raise NotAllowed(NOT_ASSIGNED)
    if proposal.state is not State.IN_REVIEW:
        raise IllegalTransition(NOT_IN_REVIEW)


def decline_assignment(proposal: Proposal, command: DeclineAssignment, *, actor: User) -> bool:
    """Give a case back (担当の返上); return whether other reviewers are left.

    Without any it waits for the leads again (割当待ち). No plan gives it to the same person again.
    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    check_version(proposal, command.version)
    check_declinable(proposal, actor=actor)
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["返上する理由を入力してください"]})
    db.session.add(
        AssignmentDecline(
            proposal_id=proposal.id,
            reviewer_id=actor.id,
            reason=command.reason,
            declined_at=clock.now(),
        )
    )
    others_left = release_reviewer(proposal, actor)
    record(
        "proposal.decline_assignment",
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        reason=command.reason,
    )
    return others_left
