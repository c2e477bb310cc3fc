"""Sign-off inside the proposing body (決裁): asked for, given, declined, taken back."""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import Role, User
from app.accounts.queries import users_of_body
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotAllowed
from app.core.text import is_blank
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.notifications.news_checks import news_check
from app.proposals.content import problems_of
from app.proposals.fingerprint import fingerprint_of
from app.proposals.lifecycle import check_version
from app.proposals.models import ApprovalDecision, ApprovalRequest, Proposal
from app.proposals.news import about, closing_words
from app.proposals.policy import APPROVE_REFUSED, authorize_edit, can_approve
from app.proposals.services.drafts import check_editable
from app.proposals.services.readiness import PARTNERS, approval_now, obstacles_of
from app.proposals.services.submission import Submit, submit
from app.rounds.letters import write_in_round

NOT_REQUIRED = "自団体では決裁を使っていません。管理者がそのまま提出できます。"
ALREADY_WAITING = "決裁は既に求めています。決裁する人の決定を待ってください。"
ALREADY_APPROVED = "今の内容は既に決裁されています。管理者が提出できます。"
ALREADY_DECIDED = "この決裁の依頼は、既に決定されたか取り下げられています。"
CHANGED = (
    "決裁を求めた後に、共同提案団体が変わりました。差し戻すか、依頼した人に取り下げてもらい、"
    "もう一度決裁を求めてください。"
)
WITHDRAW_REFUSED = "決裁の依頼を取り下げられるのは、自団体の担当者と管理者だけです。"


@dataclass(frozen=True, kw_only=True)
class AskApproval:
    """Request for approval of the present text (決裁の依頼)."""

    version: int
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class DecideApproval:
    """Word of the approver (決裁). A decline carries its reason."""

    version: int
    reason: str = ""


def ask_approval(proposal: Proposal, command: AskApproval, *, actor: User) -> ApprovalRequest:
    """Ask for approval (決裁を求める): the text is locked until the answer.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput for an incomplete form and
    while a partner has not answered.
    """
    authorize_edit(actor, proposal)
    check_version(proposal, command.version)
    check_editable(proposal)
    if not proposal.organization.requires_approval:
        raise IllegalTransition(NOT_REQUIRED)
    if approval_now(proposal) is not None:
        raise IllegalTransition(ALREADY_APPROVED)
    problems = problems_of(proposal)
    outstanding = obstacles_of(proposal).get(PARTNERS)
    if outstanding:
        problems[PARTNERS] = outstanding
    if problems:
        raise InvalidInput(problems)
    asked = ApprovalRequest(
        proposal_id=proposal.id,
        requested_by_id=actor.id,
        requested_at=clock.now(),
        note=command.note,
        proposal_version=proposal.version,
        content_hash=fingerprint_of(proposal),
    )
    db.session.add(asked)
    db.session.flush()
    _record(asked, "proposal.ask_approval", actor, command.note)
    _tell(asked, "approval_asked", Role.PROPOSER_MANAGER, but=actor)
    return asked


def approve(asked: ApprovalRequest, command: DecideApproval, *, actor: User) -> None:
    """Approve the text as it stands (決裁). The body's manager may submit it from now on.

    Raises NotAllowed for whoever asked or edited last, StaleVersion, IllegalTransition.
    """
    _open(asked, command, actor)
    if asked.content_hash != fingerprint_of(asked.proposal):
        raise IllegalTransition(CHANGED)
    _decide(asked, ApprovalDecision.APPROVED, command.reason, actor)
    _record(asked, "proposal.approve", actor, command.reason)
    _tell(asked, "approval_decided", Role.PROPOSER, Role.PROPOSER_MANAGER, but=actor)


def approve_and_submit(asked: ApprovalRequest, command: DecideApproval, *, actor: User) -> None:
    """Approve and submit in one act (承認して提出); each leaves its own trace.

    Raises what `approve` and `submit` raise, and then neither happens.
    """
    approve(asked, command, actor=actor)
    submit(asked.proposal, Submit(version=command.version), actor=actor)


def decline(asked: ApprovalRequest, command: DecideApproval, *, actor: User) -> None:
    """Decline with a reason (決裁の差戻し): the text is open again.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput without a reason.
    """
    _open(asked, command, actor)
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["承認しない理由を入力してください"]})
    _decide(asked, ApprovalDecision.DECLINED, command.reason, actor)
    _record(asked, "proposal.decline_approval", actor, command.reason)
    _tell(asked, "approval_decided", Role.PROPOSER, Role.PROPOSER_MANAGER, but=actor)


def withdraw_approval(asked: ApprovalRequest, *, version: int, actor: User) -> None:
    """Take the request back, to go on writing (決裁の依頼の取下げ).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_edit(actor, asked.proposal)
    _lock(asked, version)
    _decide(asked, ApprovalDecision.WITHDRAWN, "", actor)
    _record(asked, "proposal.withdraw_approval", actor, "")


def _open(asked: ApprovalRequest, command: DecideApproval, actor: User) -> None:
    if not can_approve(actor, asked.proposal, asked):
        raise NotAllowed(APPROVE_REFUSED)
    _lock(asked, command.version)


def _lock(asked: ApprovalRequest, version: int) -> None:
    """Lock the case and refuse a request that was decided meanwhile."""
    check_version(asked.proposal, version)
    db.session.refresh(asked, ["decision"])
    if asked.decision is not None:
        raise IllegalTransition(ALREADY_DECIDED)


def _decide(asked: ApprovalRequest, decision: ApprovalDecision, reason: str, actor: User) -> None:
    asked.decision = decision
    asked.decided_by_id = actor.id
    asked.decided_at = clock.now()
    asked.reason = reason
    db.session.flush()


def _record(asked: ApprovalRequest, verb: str, actor: User, reason: str) -> None:
    proposal = asked.proposal
    subject = Subject(type="proposal", id=proposal.id, version=proposal.version)
    changes = {"approval_id": asked.id, "content_sha256": asked.content_hash}
    record(verb, subject, actor=actor, reason=reason, changes=changes)


def _tell(asked: ApprovalRequest, letter: str, *roles: Role, but: User) -> None:
    people = db.session.scalars(users_of_body(asked.proposal.organization_id, *roles))
    write_in_round(
        asked.proposal.round,
        letter,
        [person for person in people if person.id != but.id],
        key=f"{letter}:{asked.id}",
        path=f"/approvals/{asked.id}",
        about=about(asked.proposal),
        **closing_words(asked.proposal),
    )


@news_check("approval_asked")
def is_still_waiting(message: OutboxMessage) -> bool:
    """Whether a request about the proposal still waits for a decision (決裁待ち)."""
    waiting = select(ApprovalRequest.id).where(
        ApprovalRequest.proposal_id == message.about_id, ApprovalRequest.decision.is_(None)
    )
    return db.session.scalar(waiting.limit(1)) is not None
