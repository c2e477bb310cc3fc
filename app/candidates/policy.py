"""Who may do what with candidates (対象候補の権限)."""

from app.accounts.models import Role, User
from app.candidates.models import Candidate
from app.candidates.queries import is_in_charge
from app.core.errors import IllegalTransition, NotAllowed
from app.proposals.models import Proposal
from app.triage.policy import CONFLICTED, LEAD_ONLY, OFFICER_ONLY, can_work
from app.workflow.candidates import CandidateKind, CandidateState
from app.workflow.states import FollowUp, State

DESK = (Role.OFFICER, Role.LEAD)
# What the desk has not taken on yet, or what is over without a judgment, leads to nothing.
_NOT_LINKED = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.WITHDRAWN, State.MERGED)
NOT_LINKABLE = (
    "対象候補につなげるのは、受理された提案だけです。取下げ・統合された提案はつなげません。"
)
NOT_EXEMPTIBLE = "対象候補がない理由を書けるのは、対象候補とする分類に確定した提案だけです。"
REPORT_REFUSED = (
    "進捗を報告できるのは、担当府省庁の窓口（取りまとめ）と、事務局の担当・総括だけです。"
)
NOT_AGREED = "進捗を報告できるのは、同意の後、提供開始までの対象候補だけです。"
INQUIRY_ONLY = "「検討」の行は進められません。先に、一覧の内容で「対象候補」に改めてください。"


def can_edit(actor: User) -> bool:
    """Whether the actor keeps the list (一覧の管理): candidates, ministries, dates, moves."""
    return actor.has_role(Role.LEAD)


def authorize_edit(actor: User) -> None:
    """Refuse whoever does not keep the list. Raises NotAllowed."""
    if not can_edit(actor):
        raise NotAllowed(LEAD_ONLY)


def can_gather(actor: User) -> bool:
    """Whether the actor gathers evidence for candidates (根拠の整理): the desk."""
    return actor.has_role(*DESK)


def authorize_gather(actor: User) -> None:
    """Refuse whoever is not of the desk. Raises NotAllowed."""
    if not can_gather(actor):
        raise NotAllowed(OFFICER_ONLY)


def is_linkable(proposal: Proposal) -> bool:
    """Whether a case may lead to a candidate now (対象候補につなげる案件)."""
    return proposal.state not in _NOT_LINKED


def needs_candidate(proposal: Proposal) -> bool:
    """Whether a candidate, or a reason for none, is owed (対象候補とする分類)."""
    return (
        proposal.state in (State.CLASSIFIED, State.CLOSED)
        and proposal.category is not None
        and proposal.category.follow_up is FollowUp.CANDIDATE
    )


def authorize_link(actor: User, proposal: Proposal) -> None:
    """Refuse whoever may not link the case. Raises NotAllowed; IllegalTransition by its state."""
    authorize_case(actor, proposal)
    if not is_linkable(proposal):
        raise IllegalTransition(NOT_LINKABLE)


def authorize_exempt(actor: User, proposal: Proposal) -> None:
    """Refuse whoever may not give a reason. Raises NotAllowed; IllegalTransition by its class."""
    authorize_case(actor, proposal)
    if not needs_candidate(proposal):
        raise IllegalTransition(NOT_EXEMPTIBLE)


def authorize_case(actor: User, proposal: Proposal) -> None:
    """Refuse who is not of the desk, or has a conflict with the case (利益相反). NotAllowed."""
    if not can_work(actor, proposal):
        raise NotAllowed(CONFLICTED if can_gather(actor) else OFFICER_ONLY)


def can_report(actor: User, candidate: Candidate) -> bool:
    """Whether the actor reports on the progress (進捗報告): ministry in charge, or the desk."""
    if can_gather(actor):
        return True
    return actor.has_role(Role.MINISTRY_COORDINATOR) and is_in_charge(actor, candidate)


def authorize_report(actor: User, candidate: Candidate) -> None:
    """Refuse a report. Raises NotAllowed; IllegalTransition before an agreement or after all."""
    if not can_report(actor, candidate):
        raise NotAllowed(REPORT_REFUSED)
    if candidate.state is not CandidateState.AGREED:
        raise IllegalTransition(NOT_AGREED)


def authorize_move(actor: User, candidate: Candidate) -> None:
    """Refuse a move. Raises NotAllowed; IllegalTransition for an inquiry (検討)."""
    authorize_edit(actor)
    if candidate.kind is not CandidateKind.CANDIDATE:
        raise IllegalTransition(INQUIRY_ONLY)
