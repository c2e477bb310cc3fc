"""Who may change rounds and schemes (募集回の権限)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed

REFUSED = "募集回と分類体系を変更できるのは、システム管理だけです。"
CLOSING_REFUSED = "募集期限を変更できるのは、システム管理と事務局の総括だけです。"


def can_manage(actor: User) -> bool:
    """Whether the actor may create rounds and change schemes (募集回の管理)."""
    return actor.has_role(Role.ADMIN)


def can_extend(actor: User) -> bool:
    """Whether the actor may move the end of a round (募集期限の変更)."""
    return actor.has_role(Role.ADMIN, Role.LEAD)


def authorize_manage(actor: User) -> None:
    """Refuse an actor who may not manage rounds. Raises NotAllowed."""
    if not can_manage(actor):
        raise NotAllowed(REFUSED)


def authorize_extend(actor: User) -> None:
    """Refuse an actor who may not move the end of a round. Raises NotAllowed."""
    if not can_extend(actor):
        raise NotAllowed(CLOSING_REFUSED)
