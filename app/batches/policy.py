"""Who may do what with batches and texts (まとめて送付・文面の権限): two people for many (P29)."""

from collections.abc import Collection

from app.accounts.models import Role, User
from app.batches.models import BatchConfirmation
from app.core.errors import NotAllowed

DESK = (Role.OFFICER, Role.LEAD)
DESK_ONLY = "まとめて送付できるのは、事務局の仕分け担当と総括だけです。"
RELEASE_REFUSED = (
    "この送付を承認できるのは、準備した人でも件数を確かめた人でもない、"
    "事務局の仕分け担当か総括だけです。ほかの人に依頼してください。"
)
LEAD_ONLY = "文面を変えられるのは、事務局の総括だけです。総括に依頼してください。"


def can_batch(actor: User) -> bool:
    """Whether the actor prepares and sends batches (まとめて送付): an officer or a lead."""
    return actor.has_role(*DESK)


def can_release(actor: User, confirmation: BatchConfirmation, writers: Collection[int]) -> bool:
    """Whether the actor may let it go (送付の承認): a second person, who prepared nothing of it."""
    return can_batch(actor) and actor.id not in {confirmation.confirmed_by_id, *writers}


def can_write_texts(actor: User) -> bool:
    """Whether the actor changes the texts (文面の変更): a lead."""
    return actor.has_role(Role.LEAD)


def authorize_batch(actor: User) -> None:
    """Refuse who may not prepare or send batches. Raises NotAllowed."""
    if not can_batch(actor):
        raise NotAllowed(DESK_ONLY)


def authorize_release(
    actor: User, confirmation: BatchConfirmation, writers: Collection[int]
) -> None:
    """Refuse who may not let it go. Raises NotAllowed."""
    if not can_release(actor, confirmation, writers):
        raise NotAllowed(RELEASE_REFUSED)


def authorize_texts(actor: User) -> None:
    """Refuse who may not change the texts. Raises NotAllowed."""
    if not can_write_texts(actor):
        raise NotAllowed(LEAD_ONLY)
