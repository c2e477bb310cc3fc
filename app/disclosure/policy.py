"""Who prepares and who approves what is disclosed (情報公開の権限): two people (P29)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed
from app.disclosure.models import DisclosureRequest

OFFICER_ONLY = "情報公開の準備ができるのは、仕分け担当と総括だけです。"
LEAD_ONLY = "開示する文書を承認できるのは、事務局の総括だけです。"
OWN_REQUEST = "承認を求めた人は承認できません。ほかの総括に依頼してください。"


def can_prepare(actor: User) -> bool:
    """Whether the actor may gather and hide (文書の準備)."""
    return actor.has_role(Role.OFFICER, Role.LEAD)


def can_approve(actor: User, request: DisclosureRequest) -> bool:
    """Whether the actor is the second person (承認)."""
    return actor.has_role(Role.LEAD) and actor.id != request.asked_by_id


def authorize_prepare(actor: User) -> None:
    """Refuse whoever only reads. Raises NotAllowed."""
    if not can_prepare(actor):
        raise NotAllowed(OFFICER_ONLY)


def authorize_approve(actor: User, request: DisclosureRequest) -> None:
    """Refuse whoever is not the second person. Raises NotAllowed."""
    if not actor.has_role(Role.LEAD):
        raise NotAllowed(LEAD_ONLY)
    if not can_approve(actor, request):
        raise NotAllowed(OWN_REQUEST)
