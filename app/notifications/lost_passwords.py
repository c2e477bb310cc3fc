"""Links for a new password by mail (再設定のメール): queued here, sent by the outbox."""

from datetime import datetime

from app.accounts.mailed_links import token_of
from app.accounts.models import PasswordReset, User
from app.accounts.services.own_password import make_mailed_link
from app.accounts.services.reset_wishes import has_wishes, take_wishes
from app.audit.services import Subject
from app.core import clock
from app.core.eras import format_datetime
from app.core.letterhead import absolute_url
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.notifications.services import enqueue

LETTER = "password_reset"
LINK_KIND = "password_reset"
PATH = "/password-forgotten"
# By hand: the scheduler, which sends, knows no addresses of pages.
PATH_OF_LINK = "/password-reset?token={token}"
# Stands in the stored letter; the link itself is in the mail alone.
PLACE = "〔リンクは、送るメールにだけ書かれます〕"


def answer_wishes(now: datetime) -> int:
    """Queue a letter to whoever may have one and asked (申込みへの回答); return how many.

    Enters its own unit of work, and none while nobody asked.
    """
    if not has_wishes():
        return 0
    with clock.at(now), unit_of_work():
        people = take_wishes(now)
        for user in people:
            _queue(user)
    return len(people)


def body_to_send(message: OutboxMessage) -> str:
    """Text of a message as it leaves (送る本文): with the link, where it is such a letter.

    Raises ValueError when the link, or the key it was made with, is gone.
    """
    if message.letter != LETTER:
        return message.body
    link = db.session.get(PasswordReset, message.about_id)
    if link is None:
        raise ValueError("the link of this letter is gone")
    path = PATH_OF_LINK.format(token=token_of(link))
    return message.body.replace(PLACE, absolute_url(path))


def _queue(user: User) -> None:
    link = make_mailed_link(user)
    enqueue(
        LETTER,
        [user],
        key=f"{LETTER}:{link.id}",
        path=PATH,
        about=Subject(type=LINK_KIND, id=link.id),
        valid_until=link.expires_at,
        link=PLACE,
        until=format_datetime(link.expires_at),
    )
