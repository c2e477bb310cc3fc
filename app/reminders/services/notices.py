"""Reading news, and how one wants to be told (お知らせの既読・知らせの受け取り方)."""

from dataclasses import dataclass

from sqlalchemy import update

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.reminders.models import NoticePreference
from app.reminders.queries import notices_to, wants_digest_by_mail


@dataclass(frozen=True, kw_only=True)
class ChooseNotices:
    """How a person wants to be told (知らせの受け取り方)."""

    is_digest_mailed: bool


def read_notice(message: OutboxMessage) -> None:
    """Note that its recipient has read a piece of news (既読); once read it stays so."""
    if message.read_at is None:
        message.read_at = clock.now()
        db.session.flush()


def read_all_notices(actor: User) -> int:
    """Note that a person has read all the own news (すべて既読); return how many are new."""
    unread = notices_to(actor).where(OutboxMessage.read_at.is_(None))
    ids = db.session.scalars(unread.with_only_columns(OutboxMessage.id)).all()
    db.session.execute(
        update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(read_at=clock.now())
    )
    return len(ids)


def choose_notices(command: ChooseNotices, *, actor: User) -> bool:
    """Keep how the actor wants to be told (知らせの受け取り方); whether anything changed."""
    if wants_digest_by_mail(actor) == command.is_digest_mailed:
        return False
    row = db.session.get(NoticePreference, actor.id)
    if row is None:
        row = NoticePreference(user_id=actor.id)
        db.session.add(row)
    row.is_digest_mailed = command.is_digest_mailed
    row.changed_at = clock.now()
    db.session.flush()
    record(
        "user.choose_notices",
        Subject(type="user", id=actor.id, version=actor.version),
        actor=actor,
        changes={"is_digest_mailed": command.is_digest_mailed},
    )
    return True
