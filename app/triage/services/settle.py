"""After the classification (分類確定後): classify anew, close, reopen."""

from dataclasses import dataclass

from app.accounts.models import Role, User
from app.accounts.queries import users_of_body
from app.audit.services import Subject
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.proposals.lifecycle import advance, check_possible, check_version
from app.proposals.models import Proposal
from app.rounds.letters import write_in_round
from app.triage.policy import authorize
from app.workflow.states import Action


@dataclass(frozen=True, kw_only=True)
class Reclassify:
    """Back to review with a reason (仕分け直し)."""

    version: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class Close:
    """End of a case with the words the body reads (終了)."""

    version: int
    outcome_text: str


@dataclass(frozen=True, kw_only=True)
class Reopen:
    """Undoing a close with a reason (終了の取消し)."""

    version: int
    reason: str


def reclassify(proposal: Proposal, command: Reclassify, *, actor: User) -> None:
    """Send a classified case back to review (仕分け直し); the lead assigns it next.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize(actor, Action.RECLASSIFY, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.RECLASSIFY)
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["仕分け直す理由を入力してください"]})
    former = proposal.category
    proposal.provisional_category = former
    advance(
        proposal,
        Action.RECLASSIFY,
        actor=actor,
        reason=command.reason,
        changes={"former_category": former.code if former else None},
    )


def close(proposal: Proposal, command: Close, *, actor: User) -> None:
    """End the case and tell the body its outcome (終了).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize(actor, Action.CLOSE, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.CLOSE)
    if is_blank(command.outcome_text):
        raise InvalidInput({"outcome_text": ["提案団体に知らせる結果を入力してください"]})
    proposal.outcome_text = command.outcome_text
    advance(proposal, Action.CLOSE, actor=actor)
    body = users_of_body(proposal.organization_id, Role.PROPOSER, Role.PROPOSER_MANAGER)
    write_in_round(
        proposal.round,
        "closed",
        db.session.scalars(body),
        key=f"closed:{proposal.receipt_number}:{proposal.version}",
        path=f"/proposals/{proposal.receipt_number}",
        about=Subject(type="proposal", id=proposal.id),
        reference=proposal.reference,
    )


def reopen(proposal: Proposal, command: Reopen, *, actor: User) -> None:
    """Undo a close (終了の取消し): the case stands in its category again.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize(actor, Action.REOPEN, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.REOPEN)
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["終了を取り消す理由を入力してください"]})
    advance(proposal, Action.REOPEN, actor=actor, reason=command.reason, category=proposal.category)
