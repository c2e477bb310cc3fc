"""Submissions after the end of a round (期限後受付): recorded as late, decided by a lead."""

from dataclasses import dataclass

from app.accounts.models import Role, User
from app.accounts.queries import users_of_body
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.core.text import is_blank
from app.extensions import db
from app.proposals.content import problems_of
from app.proposals.late_queries import waiting_late_submission
from app.proposals.lifecycle import check_version
from app.proposals.models import LateDecision, LateSubmission, Proposal
from app.proposals.policy import DECIDE_LATE_REFUSED, authorize, can_decide_late
from app.proposals.services.readiness import check_ready
from app.proposals.services.submission import hand_in
from app.rounds.letters import write_in_round
from app.rounds.queries import closes_at_for
from app.workflow.states import Action, State

STILL_OPEN = "募集は締め切られていません。「提出する」を押してください。"
ALREADY_WAITING = "期限後の提出は既に申し出ています。事務局の決定を待ってください。"
ALREADY_DECIDED = "この申出は既に決定されています。"
DECISION_WORDS = {LateDecision.ACCEPTED: "受け付ける", LateDecision.REFUSED: "受け付けない"}


@dataclass(frozen=True, kw_only=True)
class RequestLate:
    """Submission after the end with its reason (期限後の提出の申出)."""

    version: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class DecideLate:
    """A lead's word on a late submission, with the reason the body reads (可否の決定)."""

    decision: LateDecision
    reason: str


def request_late_submission(
    proposal: Proposal, command: RequestLate, *, actor: User
) -> LateSubmission:
    """Submit after the end (期限後の提出): the instant is kept, a lead decides.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize(actor, Action.SUBMIT, proposal)
    check_version(proposal, command.version)
    round_ = proposal.round
    if proposal.state is not State.DRAFT or waiting_late_submission(proposal) is not None:
        raise IllegalTransition(ALREADY_WAITING)
    if round_.is_open(closes_at_for(round_, proposal.organization_id)):
        raise IllegalTransition(STILL_OPEN)
    if not round_.has_opened():
        raise NotAllowed("募集はまだ始まっていません。")
    problems = problems_of(proposal)
    if is_blank(command.reason):
        problems["reason"] = ["期限に間に合わなかった理由を入力してください"]
    if problems:
        raise InvalidInput(problems)
    check_ready(proposal)
    late = LateSubmission(
        proposal_id=proposal.id,
        requested_by_id=actor.id,
        requested_at=clock.now(),
        reason=command.reason,
    )
    db.session.add(late)
    db.session.flush()
    _record(proposal, "proposal.request_late", actor, command.reason)
    return late


def decide_late_submission(late: LateSubmission, command: DecideLate, *, actor: User) -> None:
    """Accept or refuse a late submission (期限後受付の可否), once, with a reason for the body.

    Accepted, the proposal is taken in as of the instant it came, marked as late. Raises
    NotAllowed, IllegalTransition, InvalidInput.
    """
    if not can_decide_late(actor):
        raise NotAllowed(DECIDE_LATE_REFUSED)
    # Two leads at once: the second waits for the first, and then finds the decision.
    db.session.refresh(late, with_for_update=True)
    if late.decision is not None:
        raise IllegalTransition(ALREADY_DECIDED)
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["決定の理由を入力してください"]})
    late.decision = command.decision
    late.decided_by_id = actor.id
    late.decided_at = clock.now()
    late.decision_reason = command.reason
    proposal = late.proposal
    _record(proposal, f"proposal.late_{command.decision}", actor, command.reason)
    if command.decision is LateDecision.ACCEPTED:
        proposal.is_late = True
        hand_in(
            proposal,
            actor=late.requested_by,
            received_at=late.requested_at,
            reason="期限後受付",
        )
    _tell_body(late)


def _record(proposal: Proposal, verb: str, actor: User, reason: str) -> None:
    db.session.flush()
    subject = Subject(type="proposal", id=proposal.id, version=proposal.version)
    record(verb, subject, actor=actor, reason=reason)


def _tell_body(late: LateSubmission) -> None:
    if late.decision is None:
        return
    body = users_of_body(late.proposal.organization_id, Role.PROPOSER, Role.PROPOSER_MANAGER)
    write_in_round(
        late.proposal.round,
        "late_decided",
        db.session.scalars(body),
        key=f"late:{late.id}",
        path="/proposals",
        about=Subject(type="proposal", id=late.proposal.id),
        round_label=late.proposal.round.label,
        decision=DECISION_WORDS[late.decision],
    )
