"""Whether news is still news when its turn comes (知らせの鮮度): asked just before it is sent.

This room knows no case: whoever writes a letter says here when its news is over.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, Select, and_, not_, or_, select, true

from app.accounts.models import Role, User
from app.extensions import db
from app.notifications.letter_kinds import INNER_LETTERS
from app.notifications.models import OutboxMessage

NewsCheck = Callable[[OutboxMessage], bool]
HiddenThings = Callable[[User], Select[int]]
UntoldThings = Callable[[], Select[int]]

_checks: dict[str, NewsCheck] = {}
_wanted: dict[str, NewsCheck] = {}
_hidden: dict[str, HiddenThings] = {}
_untold: dict[str, UntoldThings] = {}


def news_check(letter: str) -> Callable[[NewsCheck], NewsCheck]:
    """Register when the news of a kind of letter still holds (鮮度の確かめ方)."""

    def register(check: NewsCheck) -> NewsCheck:
        _checks[letter] = check
        return check

    return register


def mail_choice(letter: str) -> Callable[[NewsCheck], NewsCheck]:
    """Register whether its reader wants a kind of letter by mail, too (知らせの受け取り方)."""

    def register(check: NewsCheck) -> NewsCheck:
        _wanted[letter] = check
        return check

    return register


def hides(kind: str) -> Callable[[HiddenThings], HiddenThings]:
    """Register the ids of the things of a kind that a person may not hear of (利益相反)."""

    def register(hidden: HiddenThings) -> HiddenThings:
        _hidden[kind] = hidden
        return hidden

    return register


def not_told_yet(kind: str) -> Callable[[UntoldThings], UntoldThings]:
    """Register the ids of the things of a kind that may still be called off (送信前)."""

    def register(untold: UntoldThings) -> UntoldThings:
        _untold[kind] = untold
        return untold

    return register


def is_told() -> ColumnElement[bool]:
    """Condition for the messages about things that can no more be called off (知らせる時期).

    It may be kept: what it is judged by is asked for each time, the time of day, too.
    """
    return _not_about({kind: ids() for kind, ids in _untold.items()})


def is_still_true(message: OutboxMessage) -> bool:
    """Whether the news of a message holds at this moment; what nobody checks does."""
    check = _checks.get(message.letter)
    return check is None or message.about_id is None or check(message)


def is_wanted_by_mail(message: OutboxMessage) -> bool:
    """Whether its reader wants such news by mail, too; who cannot choose does."""
    check = _wanted.get(message.letter)
    return check is None or check(message)


def seen_by(reader: User) -> ColumnElement[bool]:
    """Condition for the messages a person may hear of (閲覧範囲).

    Not those about what is hidden from the person, nor the inner ones of a body to its own people;
    who runs the mail has to know of these, too.
    """
    shown = _not_about({kind: ids(reader) for kind, ids in _hidden.items()})
    if reader.has_role(Role.ADMIN):
        return shown
    is_open = OutboxMessage.letter.not_in(INNER_LETTERS)
    return and_(shown, or_(is_open, OutboxMessage.recipient_id == reader.id))


def _not_about(things: Mapping[str, Select[int]]) -> ColumnElement[bool]:
    found = [
        and_(OutboxMessage.about_type == kind, OutboxMessage.about_id.in_(ids))
        for kind, ids in things.items()
    ]
    return and_(true(), *(not_(condition) for condition in found))


def may_still_hear(reader: User, message: OutboxMessage) -> bool:
    """Whether a person may hear of what a message tells of, at this moment (利益相反など)."""
    if message.about_id is None:
        return True
    asked = select(OutboxMessage.id).where(OutboxMessage.id == message.id, seen_by(reader))
    return db.session.scalar(asked) is not None
