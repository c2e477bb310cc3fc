"""Who may judge whether two cases are duplicates (重複の判定の権限)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed
from app.proposals.models import Proposal
from app.proposals.queries import is_conflicted

OFFICER_ONLY = "重複の判定ができるのは、事務局の仕分け担当と総括だけです。"
CONFLICTED = "利益相反があるため、この提案は扱えません。"


def can_judge(actor: User) -> bool:
    """Whether the actor works on cases at all (仕分け担当・総括)."""
    return actor.has_role(Role.OFFICER, Role.LEAD)


def authorize_judging(actor: User, *proposals: Proposal) -> None:
    """Refuse, in words, who may not judge these cases. Raises NotAllowed."""
    if not can_judge(actor):
        raise NotAllowed(OFFICER_ONLY)
    if any(is_conflicted(actor.id, proposal) for proposal in proposals):
        raise NotAllowed(CONFLICTED)
