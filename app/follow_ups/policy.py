"""Who records outcomes and notes (後続対応の権限)."""

from app.accounts.models import Role, User
from app.core.errors import IllegalTransition, NotAllowed
from app.follow_ups.queries import FOLLOWED_STATES
from app.proposals.models import Proposal
from app.triage.policy import CONFLICTED, OFFICER_ONLY, can_work
from app.workflow.states import FollowUp

DESK = (Role.OFFICER, Role.LEAD)
NOT_FOR_REFERENCE = "メモを書けるのは、今後の検討の参考とする分類に確定した提案だけです。"


def can_record_outcomes(actor: User) -> bool:
    """Whether the actor records outcomes of other processes (結果の記録): the desk."""
    return actor.has_role(*DESK)


def authorize_outcomes(actor: User) -> None:
    """Refuse whoever is not of the desk. Raises NotAllowed."""
    if not can_record_outcomes(actor):
        raise NotAllowed(OFFICER_ONLY)


def is_for_reference(proposal: Proposal) -> bool:
    """Whether the case stands in the list for later study (参考リストの案件)."""
    return (
        proposal.state in FOLLOWED_STATES
        and proposal.category is not None
        and proposal.category.follow_up is FollowUp.REFERENCE
    )


def authorize_note(actor: User, proposal: Proposal) -> None:
    """Refuse whoever may not write the note. Raises NotAllowed, IllegalTransition."""
    if not can_work(actor, proposal):
        raise NotAllowed(CONFLICTED if actor.has_role(*DESK) else OFFICER_ONLY)
    if not is_for_reference(proposal):
        raise IllegalTransition(NOT_FOR_REFERENCE)
