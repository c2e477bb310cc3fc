"""Form check (形式確認): accept, or return to the body with reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.accounts.models import Role, User
from app.accounts.queries import users_of_body
from app.audit.services import Subject
from app.core import clock
from app.core.eras import format_date_short
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.notifications.news_checks import news_check
from app.proposals.correction_targets import correction_targets, target_label
from app.proposals.lifecycle import advance, check_possible, check_version
from app.proposals.models import CorrectionItem, CorrectionRequest, Proposal
from app.rounds.letters import write_in_round
from app.transfers.models import TransferKind
from app.transfers.parts import text_part
from app.transfers.services import open_transfer
from app.triage.checklist import CheckLine, LineState, checklist_of
from app.triage.letter import letter_text
from app.triage.policy import authorize
from app.workflow.states import Action, State


@dataclass(frozen=True, kw_only=True)
class Accept:
    """The form is in order (受理)."""

    version: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One thing to correct and why (補正の項目): a field, a section, the files or the whole."""

    field: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReturnForCorrection:
    """Return to the body (差戻し): what to correct and why; a thing may have several reasons."""

    version: int
    items: tuple[Correction, ...]


def accept(proposal: Proposal, command: Accept, *, actor: User) -> None:
    """Accept the form (受理), once every line of the checklist is in order or waived.

    Raises NotAllowed, StaleVersion, IllegalTransition, and InvalidInput with a message for each
    line (by its key) that is open or has a problem.
    """
    authorize(actor, Action.ACCEPT, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.ACCEPT)
    obstacles = {
        line.key: [_obstacle(line)] for line in checklist_of(proposal) if not line.is_settled
    }
    if obstacles:
        raise InvalidInput(obstacles)
    advance(proposal, Action.ACCEPT, actor=actor, reason=command.note)


def return_for_correction(proposal: Proposal, command: ReturnForCorrection, *, actor: User) -> None:
    """Return the case to its body (差戻し): its clock starts, ours stops.

    One letter tells all reasons; the corrected case comes back to the actor. Raises NotAllowed,
    StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize(actor, Action.RETURN_FOR_CORRECTION, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.RETURN_FOR_CORRECTION)
    check_corrections(proposal, command.items)
    advance(
        proposal,
        Action.RETURN_FOR_CORRECTION,
        actor=actor,
        reason=_summary(proposal, command.items),
        changes={"fields": list(dict.fromkeys(item.field for item in command.items))},
    )
    request = _keep_request(proposal, command.items, actor)
    open_transfer(
        TransferKind.RETURN,
        proposal,
        request.id,
        [text_part("補正の依頼", request.letter)],
        from_body_id=actor.organization_id,
        actor=actor,
    )
    _tell_body(proposal)


def check_corrections(proposal: Proposal, items: Sequence[Correction]) -> None:
    """Refuse a return that names nothing, something unknown, or no reason. Raises InvalidInput."""
    if not items:
        raise InvalidInput({"items": ["補正してほしい項目と理由を1つ以上入力してください"]})
    targets = correction_targets(proposal.round)
    for item in items:
        if item.field not in targets:
            raise InvalidInput({"items": ["補正する項目を一覧から選んでください"]})
        if is_blank(item.reason):
            words = f"「{targets[item.field]}」を補正する理由を入力してください"
            raise InvalidInput({"items": [words]})


def _obstacle(line: CheckLine) -> str:
    if line.state is LineState.OPEN:
        return f"「{line.label}」を確かめて、結果を選んでください"
    return (
        f"「{line.label}」に問題があります。団体へ差し戻すか、「免除」を選んで理由を書いてください"
    )


def _keep_request(
    proposal: Proposal, items: Sequence[Correction], actor: User
) -> CorrectionRequest:
    if proposal.due_on is None:
        raise LookupError("a returned case has a due date")
    request = CorrectionRequest(
        proposal_id=proposal.id,
        requested_by_id=actor.id,
        requested_at=clock.now(),
        letter=letter_text(
            proposal, [(item.field, item.reason) for item in items], proposal.due_on
        ),
        returns_to_id=actor.id,
        items=[
            CorrectionItem(position=position, field=item.field, reason=item.reason)
            for position, item in enumerate(items, start=1)
        ],
    )
    db.session.add(request)
    db.session.flush()
    return request


def _summary(proposal: Proposal, items: Sequence[Correction]) -> str:
    return "\n".join(f"{target_label(proposal.round, item.field)}：{item.reason}" for item in items)


@news_check("returned")
def is_still_returned(message: OutboxMessage) -> bool:
    """Whether the proposal still lies with its body (補正待ち)."""
    state = select(Proposal.state).where(Proposal.id == message.about_id)
    return db.session.scalar(state) is State.RETURNED


def _tell_body(proposal: Proposal) -> None:
    body = users_of_body(proposal.organization_id, Role.PROPOSER, Role.PROPOSER_MANAGER)
    words: dict[str, Any] = {**returned_words(proposal, proposal.due_on)}
    write_in_round(
        proposal.round,
        "returned",
        db.session.scalars(body),
        key=f"returned:{proposal.receipt_number}:{proposal.version}",
        path=f"/proposals/{proposal.receipt_number}",
        about=Subject(type="proposal", id=proposal.id),
        **words,
    )


def returned_words(proposal: Proposal, due_on: date | None) -> dict[str, str]:
    """Words of the mail about a return (差戻しのメール): no text of the case."""
    return {
        "reference": proposal.reference,
        "due_on": format_date_short(due_on) if due_on else "",
    }
