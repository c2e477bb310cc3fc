"""Reading the outbox (送信箱の検索)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.accounts.models import User
from app.audit.reading import note_read
from app.core import clock
from app.core.errors import NotFound
from app.core.page_reads import once_a_page
from app.extensions import db
from app.notifications.models import DeliveryStatus, LetterSetting, MailServerState, OutboxMessage
from app.notifications.news_checks import seen_by
from app.notifications.sealing import is_open_to
from app.notifications.settings import mail_settings

UNDERWAY = (DeliveryStatus.HELD, DeliveryStatus.QUEUED, DeliveryStatus.SENDING)
FAILED = (DeliveryStatus.BOUNCED, DeliveryStatus.PARKED)
# Never told, or not yet: held back, taken out by a person, no longer true.
UNTOLD = (DeliveryStatus.HELD, DeliveryStatus.CANCELLED, DeliveryStatus.DROPPED)


@dataclass(frozen=True, kw_only=True)
class OutboxFilter:
    """What of the outbox is shown (絞り込み)."""

    status: DeliveryStatus | None = None
    letter: str = ""
    round_key: str = ""
    words: str = ""
    undelivered: bool = False


class MessagePage(NamedTuple):
    """One page of the outbox, newest first, and whether older ones follow."""

    rows: list[OutboxMessage]
    total: int
    has_older: bool


def find_messages(
    actor: User, wanted: OutboxFilter, *, before: int | None, size: int
) -> MessagePage:
    """Messages the actor may know of, newest first, before a given id (送信箱の一覧)."""
    conditions = [seen_by(actor), *_conditions(actor, wanted)]
    total = db.session.scalar(
        select(func.count())
        .select_from(OutboxMessage)
        .join(OutboxMessage.recipient)
        .where(*conditions)
    )
    older = [OutboxMessage.id < before] if before is not None else []
    rows = db.session.scalars(
        select(OutboxMessage)
        .join(OutboxMessage.recipient)
        .where(*conditions, *older)
        .order_by(OutboxMessage.id.desc())
        .limit(size + 1)
    ).all()
    return MessagePage(list(rows[:size]), total or 0, len(rows) > size)


def get_message(actor: User, message_id: int) -> OutboxMessage:
    """Return a message with its trace, if the actor may know of it. Raises NotFound."""
    message = db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.id == message_id, seen_by(actor))
        .options(selectinload(OutboxMessage.trace))
    ).one_or_none()
    if message is None:
        raise NotFound
    note_read("message", message.id)
    return message


def count_by_status(actor: User | None = None) -> dict[DeliveryStatus, int]:
    """Number of messages in each status, 0 for none (送信状況の件数); for a reader, of theirs."""
    seen = [seen_by(actor)] if actor is not None else []
    counted = db.session.execute(
        select(OutboxMessage.status, func.count()).where(*seen).group_by(OutboxMessage.status)
    )
    return dict.fromkeys(DeliveryStatus, 0) | {row[0]: row[1] for row in counted}


def held_counts(actor: User) -> dict[str, int]:
    """How many letters of each kind are held that the actor may know of (保留中の通数)."""
    counted = db.session.execute(
        select(OutboxMessage.letter, func.count())
        .where(OutboxMessage.status == DeliveryStatus.HELD, seen_by(actor))
        .group_by(OutboxMessage.letter)
    )
    return {row[0]: row[1] for row in counted}


def letters_held_by_rule() -> set[str]:
    """Letters that wait for a person before they go out (送信前に確認する)."""
    return set(db.session.scalars(select(LetterSetting.letter).where(LetterSetting.is_held)))


def rounds_in_outbox() -> list[str]:
    """Keys of the rounds that letters are of (募集回), newest first."""
    keys = select(OutboxMessage.round_key).where(OutboxMessage.round_key != "").distinct()
    return sorted(db.session.scalars(keys), reverse=True)


def undelivered_count(actor: User) -> int:
    """How many messages did not arrive that the actor may know of (届いていないメール)."""
    count = db.session.scalar(
        select(func.count()).select_from(OutboxMessage).where(is_undelivered(), seen_by(actor))
    )
    return count or 0


def is_undelivered() -> ColumnElement[bool]:
    """Messages a person has to look after (届いていない): refused ones, and those late by now.

    Without a mail server nothing is late: everything stays in the outbox.
    """
    settings = mail_settings()
    failed = OutboxMessage.status.in_(FAILED)
    if settings.mail_server() is None:
        return failed
    since = clock.now() - timedelta(hours=settings.MAIL_LATE_HOURS)
    waiting = and_(
        OutboxMessage.status.in_(UNDERWAY),
        _waiting_since() < since,
    )
    return or_(failed, waiting)


def _waiting_since() -> ColumnElement[datetime]:
    """When a message was written, or last let go by a person (待ち始め)."""
    return func.coalesce(OutboxMessage.stopped_at, OutboxMessage.created_at)


@once_a_page
def deliveries_about(actor: User, kind: str, about_id: int) -> list[tuple[OutboxMessage, bool]]:
    """Messages that tell of one thing, newest first, and whether each is undelivered (送信状況)."""
    about = (
        select(OutboxMessage, is_undelivered())
        .where(
            OutboxMessage.about_type == kind,
            OutboxMessage.about_id == about_id,
            seen_by(actor),
        )
        .options(joinedload(OutboxMessage.recipient).lazyload(User.role_grants))
        .order_by(OutboxMessage.id.desc())
    )
    return [(message, bool(is_late)) for message, is_late in db.session.execute(about)]


class MailStanding(StrEnum):
    """How the sending of mail stands (メールの送信), for whoever watches from outside."""

    NONE = "none"  # no mail server is set
    OK = "ok"
    LATE = "late"  # the oldest mail whose turn has come waits for longer than MAIL_LATE_HOURS
    UNREACHABLE = "unreachable"


def mail_standing() -> MailStanding:
    """Say how the sending of mail stands (メールの送信): no server, no answer, or too slow.

    A mail that a person holds, or whose turn is yet to come, makes nothing late.
    """
    if not has_mail_server():
        return MailStanding.NONE
    state = server_state()
    if state is not None and state.failing_since is not None:
        return MailStanding.UNREACHABLE
    since = clock.now() - timedelta(hours=mail_settings().MAIL_LATE_HOURS)
    waiting = select(OutboxMessage.id).where(
        OutboxMessage.status.in_((DeliveryStatus.QUEUED, DeliveryStatus.SENDING)),
        func.coalesce(OutboxMessage.next_try_at, OutboxMessage.created_at) <= clock.now(),
        _waiting_since() < since,
    )
    is_late = db.session.scalar(waiting.limit(1)) is not None
    return MailStanding.LATE if is_late else MailStanding.OK


def has_mail_server() -> bool:
    """Whether mail is sent from here at all (メールサーバーの設定)."""
    return mail_settings().mail_server() is not None


def server_state() -> MailServerState | None:
    """What is known of the mail server (メールサーバーの状態), None before it was asked."""
    return db.session.get(MailServerState, 1)


def _conditions(actor: User, wanted: OutboxFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        found.append(OutboxMessage.status == wanted.status)
    if wanted.letter:
        found.append(OutboxMessage.letter == wanted.letter)
    if wanted.round_key:
        found.append(OutboxMessage.round_key == wanted.round_key)
    if wanted.undelivered:
        found.append(is_undelivered())
    if wanted.words:
        found.append(
            or_(
                is_open_to(actor) & OutboxMessage.subject.contains(wanted.words, autoescape=True),
                User.display_name.contains(wanted.words, autoescape=True),
                User.email.contains(wanted.words, autoescape=True),
                User.login == wanted.words,
            )
        )
    return found
