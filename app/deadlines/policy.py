"""Who may ask for a later date, and who decides (期限の延長の権限)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed
from app.deadlines.models import ExtensionRequest
from app.proposals.models import CaseClock, Proposal
from app.proposals.policy import can_edit
from app.triage.deputies import person_acted_for
from app.triage.policy import can_lead, can_work
from app.triage.queries import is_assigned
from app.workflow.terms import Holder, Term

ASK_REFUSED = (
    "期限の延長を申請できるのは、今の期限を守る人（提案の担当者、補正中は提案団体の担当者と管理者）"
    "だけです。"
)
DECIDE_REFUSED = "期限の延長を決められるのは、利益相反のない事務局の総括だけです。"
OWN_REQUEST = "自分の申請は自分で決められません。ほかの総括に依頼してください。"
CALENDAR_REFUSED = "暦を変えられるのは、システム管理だけです。"


def can_ask(actor: User, proposal: Proposal, running: CaseClock) -> bool:
    """Whether the actor may ask for a later date (延長の申請): whoever has to keep the date."""
    if running.holder is Holder.PROPOSER:
        return can_edit(actor, proposal)
    if not can_work(actor, proposal):
        return False
    if running.term is not Term.REVIEW:
        return True
    return is_assigned(actor, proposal) or person_acted_for(actor, proposal) is not None


def can_decide(actor: User, proposal: Proposal) -> bool:
    """Whether the actor may extend or decide a request, if it is not the actor's own (延長)."""
    return can_lead(actor, proposal)


def can_extend(actor: User, proposal: Proposal, running: CaseClock) -> bool:
    """Whether the actor has anything to do with a later date here (延長・延長の申請)."""
    return can_decide(actor, proposal) or can_ask(actor, proposal, running)


def authorize_ask(actor: User, proposal: Proposal, running: CaseClock) -> None:
    """Refuse an actor who has not to keep this date. Raises NotAllowed."""
    if not can_ask(actor, proposal, running):
        raise NotAllowed(ASK_REFUSED)


def authorize_extend(actor: User, proposal: Proposal) -> None:
    """Refuse an actor who may not move a date (期限の延長). Raises NotAllowed."""
    if not can_decide(actor, proposal):
        raise NotAllowed(DECIDE_REFUSED)


def authorize_decide(actor: User, request: ExtensionRequest) -> None:
    """Refuse who may not decide, and whoever asked (申請者, P29). Raises NotAllowed."""
    authorize_extend(actor, request.proposal)
    if request.asked_by_id == actor.id:
        raise NotAllowed(OWN_REQUEST)


def authorize_calendar(actor: User) -> None:
    """Refuse an actor who may not change the calendar (暦の変更). Raises NotAllowed."""
    if not actor.has_role(Role.ADMIN):
        raise NotAllowed(CALENDAR_REFUSED)
