"""Who may do what with batches and texts (まとめて送付・文面の権限)."""

from app.accounts.models import Role, User
from app.core.errors import NotAllowed

DESK = (Role.OFFICER, Role.LEAD)
DESK_ONLY = "まとめて送付できるのは、事務局の仕分け担当と総括だけです。"
LEAD_ONLY = "文面を変えられるのは、事務局の総括だけです。総括に依頼してください。"


def can_batch(actor: User) -> bool:
    """Whether the actor prepares and sends batches (まとめて送付): an officer or a lead."""
    return actor.has_role(*DESK)


def can_write_texts(actor: User) -> bool:
    """Whether the actor changes the texts (文面の変更): a lead."""
    return actor.has_role(Role.LEAD)


def authorize_batch(actor: User) -> None:
    """Refuse who may not prepare or send batches. Raises NotAllowed."""
    if not can_batch(actor):
        raise NotAllowed(DESK_ONLY)


def authorize_texts(actor: User) -> None:
    """Refuse who may not change the texts. Raises NotAllowed."""
    if not can_write_texts(actor):
        raise NotAllowed(LEAD_ONLY)
