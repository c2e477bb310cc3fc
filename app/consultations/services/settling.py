"""Ending a thread: as a draft, by the secretariat, and taking it up again (相談の終わり)."""

from dataclasses import dataclass

from app.accounts.models import User
from app.consultations.lifecycle import check_going_on, check_version, keep_trace
from app.consultations.models import Consultation, ConsultationState
from app.consultations.policy import authorize_answer, authorize_ask
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.services.drafts import ProposalContent, start_draft
from app.rounds.models import Round
from app.rounds.queries import open_rounds

# What the form of a proposal takes in one field; the whole stays in the thread.
LONGEST_DETAIL = 20_000
REST_IN_THREAD = "\n（長いため、ここまでを写しました。続きは事前相談にあります。）"
NOT_CLOSED = "この相談は終わっていないため、再開する必要はありません。"


@dataclass(frozen=True, kw_only=True)
class MakeDraft:
    """A draft out of a thread, for a round that is open (提案の下書きにする)."""

    version: int
    round: Round


@dataclass(frozen=True, kw_only=True)
class End:
    """The end of a thread with the reason the body reads (相談を終える)."""

    version: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class TakeUp:
    """A thread goes on after its end (相談を再開する)."""

    version: int


def make_draft(consultation: Consultation, command: MakeDraft, *, actor: User) -> Proposal:
    """Start a draft with the subject as 提案概要 and what the body wrote as 提案詳細.

    Both point to each other from then on. Raises NotAllowed, StaleVersion, IllegalTransition,
    InvalidInput for a round that is not open.
    """
    authorize_ask(actor, consultation)
    check_version(consultation, command.version)
    check_going_on(consultation)
    if command.round not in open_rounds(actor.organization_id):
        raise InvalidInput({"round": ["募集中の募集回を選んでください"]})
    content = ProposalContent(title=consultation.subject, detail=_asked_by_body(consultation))
    proposal = start_draft(command.round, content, actor=actor)
    consultation.proposal = proposal
    consultation.round = command.round
    db.session.flush()
    keep_trace(consultation, "make_draft", actor, changes={"proposal_id": proposal.id})
    return proposal


def _asked_by_body(consultation: Consultation) -> str:
    asked = "\n\n".join(row.body for row in consultation.messages if not row.is_answer)
    if len(asked) <= LONGEST_DETAIL:
        return asked
    return asked[: LONGEST_DETAIL - len(REST_IN_THREAD)] + REST_IN_THREAD


def end(consultation: Consultation, command: End, *, actor: User) -> None:
    """End a thread that leads to no proposal (相談を終える); the body reads the reason.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_answer(actor)
    check_version(consultation, command.version)
    check_going_on(consultation)
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["終える理由を入力してください"]})
    consultation.closed_at = clock.now()
    consultation.closed_by_id = actor.id
    consultation.close_reason = command.reason
    keep_trace(consultation, "end", actor, reason=command.reason)


def take_up(consultation: Consultation, command: TakeUp, *, actor: User) -> None:
    """Let a thread go on that was ended (相談を再開する).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_answer(actor)
    check_version(consultation, command.version)
    if consultation.state is not ConsultationState.CLOSED:
        raise IllegalTransition(NOT_CLOSED)
    consultation.closed_at = None
    consultation.closed_by_id = None
    consultation.close_reason = ""
    keep_trace(consultation, "take_up", actor)
