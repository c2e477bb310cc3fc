"""Who may say what is watched, and which cases are (見直しの条件の権限)."""

from app.accounts.models import Role, User
from app.core.errors import IllegalTransition, NotAllowed
from app.proposals.models import Proposal
from app.triage.policy import CONFLICTED, OFFICER_ONLY, can_work
from app.watches.queries import FOLLOWED, FOLLOWED_STATES
from app.workflow.states import FollowUp

NOT_FOLLOWED = (
    "見直しの条件を登録できるのは、分類確定の後、見直しの条件か見直し日が要る分類の提案だけです。"
)


def is_followed_case(proposal: Proposal) -> bool:
    """Whether the class of the case is looked at again (見直しの対象); as `queries.is_followed`."""
    return (
        proposal.state in FOLLOWED_STATES
        and proposal.category is not None
        and proposal.category.follow_up in FOLLOWED
    )


def is_date_required(proposal: Proposal) -> bool:
    """Whether the class wants a date (見直し日): F-3 and F-4; F-2 has its trigger in words."""
    category = proposal.category
    return category is not None and category.follow_up is FollowUp.REVISIT


def can_watch(actor: User, proposal: Proposal) -> bool:
    """Whether the actor may write and check a watch of the case (見直しの条件の登録・確認)."""
    return can_work(actor, proposal)


def authorize_watch(actor: User, proposal: Proposal) -> None:
    """Refuse whoever may not. Raises NotAllowed; IllegalTransition for a case not followed."""
    if not can_watch(actor, proposal):
        is_of_desk = actor.has_role(Role.OFFICER, Role.LEAD)
        raise NotAllowed(CONFLICTED if is_of_desk else OFFICER_ONLY)
    if not is_followed_case(proposal):
        raise IllegalTransition(NOT_FOLLOWED)
