"""Who may do what with a hand-off (送付・回答の権限). The tables say when, this says who."""

from sqlalchemy import select

from app.accounts.models import Organization, Role, User
from app.accounts.queries import destinations_of
from app.core.errors import NotAllowed
from app.extensions import db
from app.handoffs.models import Handoff
from app.handoffs.queries import MINISTRY_ROLES
from app.proposals.models import Proposal
from app.proposals.queries import is_conflicted
from app.triage import policy as triage_policy

MINISTRY_ONLY = "この操作ができるのは、送付先の府省庁の人だけです。"
COORDINATOR_ONLY = (
    "この操作ができるのは、府省庁の窓口担当だけです。自府省庁の窓口担当に依頼してください。"
)
OTHER_MINISTRY = "この送付は、ほかの府省庁へのものです。届いた案件の一覧から開いてください。"


def can_hand_off(actor: User, proposal: Proposal) -> bool:
    """Whether the actor prepares and sends (送付): an officer or a lead free of conflicts."""
    return triage_policy.can_work(actor, proposal)


def can_direct(actor: User, proposal: Proposal) -> bool:
    """Whether the actor decides over the hand-offs of a case (総括): a lead free of conflicts."""
    return triage_policy.can_lead(actor, proposal)


def authorize_hand_off(actor: User, proposal: Proposal) -> None:
    """Refuse, in words, who may not prepare or send (送付). Raises NotAllowed."""
    if not can_hand_off(actor, proposal):
        raise NotAllowed(refusal(actor, proposal))


def authorize_direction(actor: User, proposal: Proposal) -> None:
    """Refuse, in words, who may not decide over the hand-offs (総括). Raises NotAllowed."""
    if not can_direct(actor, proposal):
        raise NotAllowed(refusal(actor, proposal))


def refusal(actor: User, proposal: Proposal) -> str:
    """Why the actor may not do this, in words (できない理由)."""
    if not actor.has_role(Role.OFFICER, Role.LEAD):
        return triage_policy.OFFICER_ONLY
    if is_conflicted(actor.id, proposal):
        return triage_policy.CONFLICTED
    return triage_policy.LEAD_ONLY


def is_own_destination(actor: User, handoff: Handoff) -> bool:
    """Whether the hand-off lies in the part of the tree the actor acts for (自府省庁の送付)."""
    found = select(Organization.id).where(
        Organization.id == handoff.destination_id, Organization.id.in_(destinations_of(actor))
    )
    return db.session.scalar(found) is not None


def can_act_for_ministry(actor: User, handoff: Handoff, *roles: Role) -> bool:
    """Whether the actor moves a hand-off for its destination (府省庁の操作).

    `roles` are those that may, both of the ministry when none is named. A person with a conflict of
    interest (利益相反) may not.
    """
    return (
        actor.has_role(*(roles or MINISTRY_ROLES))
        and is_own_destination(actor, handoff)
        and not is_conflicted(actor.id, handoff.proposal)
    )


def authorize_ministry(actor: User, handoff: Handoff, *roles: Role) -> None:
    """Refuse, in words, who may not act for the destination (府省庁の操作). Raises NotAllowed."""
    if can_act_for_ministry(actor, handoff, *roles):
        return
    if not actor.has_role(*MINISTRY_ROLES):
        raise NotAllowed(MINISTRY_ONLY)
    if not is_own_destination(actor, handoff):
        raise NotAllowed(OTHER_MINISTRY)
    if is_conflicted(actor.id, handoff.proposal):
        raise NotAllowed(triage_policy.CONFLICTED)
    raise NotAllowed(COORDINATOR_ONLY)
