"""Letters the operator of the mail does not read (封をした知らせ): they tell of hidden replies.

Whoever minds the mail sees that such a letter waits, of which kind it is and to whom it goes, but
not of which case: nobody outside the ministry and the secretariat learns of a reply before its
release (P26).
"""

from sqlalchemy import ColumnElement, true

from app.accounts.models import Role, User
from app.notifications.letter_kinds import label_of
from app.notifications.models import OutboxMessage

SEALED = ("reply_sent", "reply_approval_asked", "reply_returned", "reexamination_asked")
SEALED_BODY = "公開前の回答に関わる知らせのため、件名と本文は宛先の人だけが読みます。"


def is_sealed_for(actor: User, message: OutboxMessage) -> bool:
    """Whether the actor may not read this letter (封): only a lead reads what is not addressed."""
    return message.letter in SEALED and not actor.has_role(Role.LEAD)


def subject_for(actor: User, message: OutboxMessage) -> str:
    """Subject of a letter, or the name of its kind in its place (件名)."""
    return label_of(message.letter) if is_sealed_for(actor, message) else message.subject


def body_for(actor: User, message: OutboxMessage) -> str:
    """Text of a letter, or why it is not shown (本文)."""
    return SEALED_BODY if is_sealed_for(actor, message) else message.body


def is_open_to(actor: User) -> ColumnElement[bool]:
    """Condition for the letters whose words the actor may search (検索できる件名)."""
    return true() if actor.has_role(Role.LEAD) else OutboxMessage.letter.not_in(SEALED)
