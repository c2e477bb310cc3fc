"""Withdrawal by the body (取下げ): the reviewers are told and have one case less."""

from dataclasses import dataclass

from app.accounts.models import User
from app.audit.services import Subject
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.proposals.lifecycle import advance, check_possible, check_version
from app.proposals.models import Proposal
from app.rounds.letters import write_in_round
from app.triage.policy import authorize
from app.triage.queries import current_assignments
from app.triage.services.assign import end_assignments
from app.triage.services.opinions import supersede_open_assessment
from app.workflow.states import Action


@dataclass(frozen=True, kw_only=True)
class Withdraw:
    """Withdrawal before the classification (取下げ)."""

    version: int
    reason: str


def withdraw(proposal: Proposal, command: Withdraw, *, actor: User) -> None:
    """Take the proposal back (取下げ).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize(actor, Action.WITHDRAW, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.WITHDRAW)
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["取り下げる理由を入力してください"]})
    told = [row.reviewer for row in current_assignments(proposal)]
    end_assignments(proposal)
    supersede_open_assessment(proposal)
    advance(proposal, Action.WITHDRAW, actor=actor, reason=command.reason)
    write_in_round(
        proposal.round,
        "withdrawn",
        told,
        key=f"withdrawn:{proposal.receipt_number}",
        path=f"/proposals/{proposal.receipt_number}",
        about=Subject(type="proposal", id=proposal.id),
        reference=proposal.reference,
    )
