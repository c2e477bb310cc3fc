"""Submitting a proposal (提出・受付)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from app.accounts.models import Role, User
from app.accounts.queries import users_of_body
from app.audit.services import Subject
from app.core import clock
from app.core.eras import format_datetime
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.extensions import db
from app.proposals.content import clear_hidden, content_of, problems_of
from app.proposals.late_queries import waiting_late_submission
from app.proposals.lifecycle import advance, check_possible, check_version
from app.proposals.models import ApprovalRequest, Proposal, ProposalRevision
from app.proposals.policy import authorize
from app.proposals.queries import revisions_of, waiting_correction
from app.proposals.services.attachments import files_as_submitted
from app.proposals.services.readiness import approval_now, check_ready
from app.rounds.letters import write_in_round
from app.rounds.models import Round
from app.rounds.queries import closes_at_for
from app.workflow.states import Action, State

LATE_WAITING = "期限後の提出を申し出ているため、可否が決まるまで提出できません。"


@dataclass(frozen=True, kw_only=True)
class Submit:
    """Submission of a draft or an answered return (提出)."""

    version: int


def submit(proposal: Proposal, command: Submit, *, actor: User) -> None:
    """Hand the proposal in (提出): at first it gets its receipt number.

    Raises NotAllowed (also when the round is closed: the words name the closing time),
    StaleVersion, IllegalTransition, InvalidInput for an incomplete form, a partner that has not
    answered, and a text that was not approved where the body signs off.
    """
    authorize(actor, Action.SUBMIT, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.SUBMIT)
    if proposal.state is State.DRAFT:
        check_round_open(proposal)
    # A round extended meanwhile: the lead's word on the late one still comes first.
    if waiting_late_submission(proposal) is not None:
        raise IllegalTransition(LATE_WAITING)
    check_ready(proposal)
    hand_in(proposal, actor=actor, received_at=clock.now())


def hand_in(proposal: Proposal, *, actor: User, received_at: datetime, reason: str = "") -> None:
    """Take in a complete proposal (受付), whoever allowed it: number, revision, mail.

    Answers that the others hide are cleared, unless the form keeps them (A13). `received_at` is
    the instant that counts as submission. Raises InvalidInput.
    """
    problems = problems_of(proposal)
    if problems:
        raise InvalidInput(problems)
    # Named by the text as it was approved, before anything below changes it.
    signed = approval_now(proposal)
    is_first = proposal.receipt_number is None
    answered = waiting_correction(proposal)
    if answered is not None:
        answered.answered_at = clock.now()
    if is_first:
        sequence = next_receipt_sequence(proposal)
        proposal.receipt_sequence = sequence
        proposal.receipt_number = f"{proposal.round.key}-{sequence:04d}"
        proposal.submitted_at = received_at
    cleared = clear_hidden(proposal)
    changes = {**_numbered(proposal), **({"cleared": cleared} if cleared else {})}
    advance(proposal, Action.SUBMIT, actor=actor, reason=reason, changes=changes)
    _keep_revision(proposal, actor, received_at, signed)
    if is_first:
        body = users_of_body(proposal.organization_id, Role.PROPOSER, Role.PROPOSER_MANAGER)
        acknowledge(proposal, db.session.scalars(body), key=f"receipt:{proposal.receipt_number}")


def check_round_open(proposal: Proposal) -> None:
    """Refuse a first submission outside the round (募集期間). Raises NotAllowed."""
    round_ = proposal.round
    closes_at = closes_at_for(round_, proposal.organization_id)
    if round_.is_open(closes_at):
        return
    if not round_.has_opened():
        raise NotAllowed(f"募集は{format_datetime(round_.opens_at)}に始まります。")
    raise NotAllowed(
        f"募集は{format_datetime(closes_at)}に締め切りました。下書きは残っています。"
        "やむを得ない事情があるときは、理由を書いて「期限後の提出を申し出る」を押してください。"
    )


def next_receipt_sequence(proposal: Proposal) -> int:
    """Take the next number of the round (受付番号): gapless, for the counter rolls back with us."""
    sequence = db.session.scalar(
        update(Round)
        .where(Round.id == proposal.round_id)
        .values(last_receipt_sequence=Round.last_receipt_sequence + 1)
        .returning(Round.last_receipt_sequence)
        .execution_options(synchronize_session=False)
    )
    if sequence is None:
        raise LookupError("the round of the proposal is gone")
    return sequence


def _numbered(proposal: Proposal) -> dict[str, str]:
    return {"receipt_number": proposal.reference}


def _keep_revision(
    proposal: Proposal, actor: User, received_at: datetime, signed: ApprovalRequest | None
) -> None:
    db.session.add(
        ProposalRevision(
            proposal_id=proposal.id,
            number=len(revisions_of(proposal)) + 1,
            submitted_at=received_at,
            submitted_by_id=actor.id,
            drafted_by_id=signed.requested_by_id if signed else None,
            approved_by_id=signed.decided_by_id if signed else None,
            content=content_of(proposal),
            files=files_as_submitted(proposal),
        )
    )


def acknowledge(proposal: Proposal, recipients: Iterable[User], *, key: str) -> None:
    """Queue the news that a proposal was received (受付通知); `key` names this sending of it."""
    assert proposal.submitted_at is not None
    write_in_round(
        proposal.round,
        "receipt",
        recipients,
        key=key,
        path=f"/proposals/{proposal.receipt_number}",
        about=Subject(type="proposal", id=proposal.id),
        reference=proposal.reference,
        received_at=format_datetime(proposal.submitted_at),
        round_label=proposal.round.label,
    )
