"""Who may judge a suggestion (候補の判断の権限)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed
from app.proposals.models import Proposal
from app.proposals.queries import is_conflicted

ONLY_REVIEWERS = (
    "候補を判断できるのは、事務局の仕分け担当と総括だけです。利益相反のある人も判断できません。"
)


def authorize_judging(actor: User, proposal: Proposal) -> None:
    """Refuse whoever is no officer or lead free of conflicts. Raises NotAllowed."""
    if not actor.has_role(Role.OFFICER, Role.LEAD) or is_conflicted(actor.id, proposal):
        raise NotAllowed(ONLY_REVIEWERS)
