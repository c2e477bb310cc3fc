"""Form check (形式確認): accept, or return to the body with reasons."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import Role, User
from app.accounts.queries import users_of_body
from app.core import clock
from app.core.eras import format_date_short
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.notifications.services import enqueue
from app.proposals.content import FIELD_LABELS
from app.proposals.lifecycle import advance, check_possible, check_version
from app.proposals.models import CorrectionItem, CorrectionRequest, Proposal
from app.triage.policy import authorize
from app.workflow.states import Action


@dataclass(frozen=True, kw_only=True)
class Accept:
    """The form is in order (受理)."""

    version: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One field to correct and why (補正の項目)."""

    field: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReturnForCorrection:
    """Return to the body (差戻し): which fields and why."""

    version: int
    items: tuple[Correction, ...]


def accept(proposal: Proposal, command: Accept, *, actor: User) -> None:
    """Accept the form (受理). Raises NotAllowed, StaleVersion, IllegalTransition."""
    authorize(actor, Action.ACCEPT, proposal)
    check_version(proposal, command.version)
    advance(proposal, Action.ACCEPT, actor=actor, reason=command.note)


def return_for_correction(proposal: Proposal, command: ReturnForCorrection, *, actor: User) -> None:
    """Return the case to its body (差戻し): its clock starts, ours stops.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize(actor, Action.RETURN_FOR_CORRECTION, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.RETURN_FOR_CORRECTION)
    _check_items(command.items)
    db.session.add(
        CorrectionRequest(
            proposal_id=proposal.id,
            requested_by_id=actor.id,
            requested_at=clock.now(),
            items=[
                CorrectionItem(position=position, field=item.field, reason=item.reason)
                for position, item in enumerate(command.items, start=1)
            ],
        )
    )
    advance(
        proposal,
        Action.RETURN_FOR_CORRECTION,
        actor=actor,
        reason=_summary(command.items),
        changes={"fields": [item.field for item in command.items]},
    )
    _tell_body(proposal)


def _check_items(items: Sequence[Correction]) -> None:
    if not items:
        raise InvalidInput({"items": ["補正してほしい項目と理由を1つ以上入力してください"]})
    for item in items:
        if item.field not in FIELD_LABELS:
            raise InvalidInput({"items": ["補正する項目を一覧から選んでください"]})
        if is_blank(item.reason):
            raise InvalidInput(
                {"items": [f"「{FIELD_LABELS[item.field]}」を補正する理由を入力してください"]}
            )


def _summary(items: Sequence[Correction]) -> str:
    return "\n".join(f"{FIELD_LABELS[item.field]}：{item.reason}" for item in items)


def _tell_body(proposal: Proposal) -> None:
    if proposal.due_on is None:
        return
    body = users_of_body(proposal.organization_id, Role.PROPOSER, Role.PROPOSER_MANAGER)
    enqueue(
        "returned",
        db.session.scalars(body),
        key=f"returned:{proposal.receipt_number}:{proposal.version}",
        path=f"/proposals/{proposal.receipt_number}",
        reference=proposal.reference,
        due_on=format_date_short(proposal.due_on),
    )
