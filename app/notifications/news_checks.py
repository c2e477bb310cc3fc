"""Whether news is still news when its turn comes (知らせの鮮度): asked just before it is sent.

This room knows no case: whoever writes a letter says here when its news is over.
"""

from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, and_, not_, select, true

from app.accounts.models import User
from app.extensions import db
from app.notifications.models import OutboxMessage

NewsCheck = Callable[[OutboxMessage], bool]
HiddenThings = Callable[[User], Select[int]]

_checks: dict[str, NewsCheck] = {}
_hidden: dict[str, HiddenThings] = {}


def news_check(letter: str) -> Callable[[NewsCheck], NewsCheck]:
    """Register when the news of a kind of letter still holds (鮮度の確かめ方)."""

    def register(check: NewsCheck) -> NewsCheck:
        _checks[letter] = check
        return check

    return register


def hides(kind: str) -> Callable[[HiddenThings], HiddenThings]:
    """Register the ids of the things of a kind that a person may not hear of (利益相反)."""

    def register(hidden: HiddenThings) -> HiddenThings:
        _hidden[kind] = hidden
        return hidden

    return register


def is_still_true(message: OutboxMessage) -> bool:
    """Whether the news of a message holds at this moment; what nobody checks does."""
    check = _checks.get(message.letter)
    return check is None or message.about_id is None or check(message)


def seen_by(reader: User) -> ColumnElement[bool]:
    """Condition for the messages whose subject a person may hear of (閲覧範囲)."""
    hidden = [
        and_(OutboxMessage.about_type == kind, OutboxMessage.about_id.in_(ids(reader)))
        for kind, ids in _hidden.items()
    ]
    return and_(true(), *(not_(condition) for condition in hidden))


def may_still_hear(reader: User, message: OutboxMessage) -> bool:
    """Whether a person may hear of what a message tells of, at this moment (利益相反など)."""
    if message.about_id is None:
        return True
    asked = select(OutboxMessage.id).where(OutboxMessage.id == message.id, seen_by(reader))
    return db.session.scalar(asked) is not None
