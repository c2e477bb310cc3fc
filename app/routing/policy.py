"""Who changes the duties (所管事務の権限). The whole secretariat reads them."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed

LEAD_ONLY = "所管を変えられるのは、事務局の総括だけです。直すところを総括に伝えてください。"


def can_edit_duties(actor: User) -> bool:
    """Whether the actor changes the duties (所管の登録): a lead."""
    return actor.has_role(Role.LEAD)


def authorize_duties(actor: User) -> None:
    """Refuse who is no lead. Raises NotAllowed."""
    if not can_edit_duties(actor):
        raise NotAllowed(LEAD_ONLY)
