"""Taking messages for sending and noting how it ended (引受けと結果): short transactions each.

A message in the hands of a sender carries a lease and a number (`attempts`). A sender that was
stopped and wakes up after its lease finds another number, and writes nothing.
"""

from collections.abc import Set
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.notifications.mail_line import Outcome
from app.notifications.mail_text import build_mail
from app.notifications.models import (
    AttemptResult,
    DeliveryAttempt,
    DeliveryStatus,
    MailServerState,
    OutboxMessage,
)
from app.notifications.policy import why_not_sent
from app.notifications.settings import mail_settings
from config import read_address

LEASE = timedelta(minutes=5)
# Waiting times after a try in vain; the last one repeats.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60))
# How long the others of a domain wait when one of it was put off.
DOMAIN_REST = timedelta(minutes=1)
STATUS_AFTER = {
    AttemptResult.SENT: DeliveryStatus.SENT,
    AttemptResult.REFUSED: DeliveryStatus.QUEUED,
    AttemptResult.BROKEN: DeliveryStatus.QUEUED,
    AttemptResult.BOUNCED: DeliveryStatus.BOUNCED,
    AttemptResult.PARKED: DeliveryStatus.PARKED,
}


class Claim(NamedTuple):
    """A message in the hands of this sender (引き受けたメール)."""

    message_id: int
    attempt: int
    recipient: str
    mail: bytes
    lease_until: datetime

    @property
    def domain(self) -> str:
        """Domain of the recipient, small letters."""
        return domain_of(self.recipient)


class Settled(NamedTuple):
    """A message that needed no server (送らずに済んだメール): where it stands now."""

    status: DeliveryStatus


def domain_of(address: str) -> str:
    """Domain of an address, small letters."""
    return address.rpartition("@")[2].lower()


def is_due(now: datetime) -> ColumnElement[bool]:
    """Messages whose turn has come (送信の番): waiting ones, and those whose sender was lost."""
    return or_(
        and_(
            OutboxMessage.status == DeliveryStatus.QUEUED,
            or_(OutboxMessage.next_try_at.is_(None), OutboxMessage.next_try_at <= now),
        ),
        and_(OutboxMessage.status == DeliveryStatus.SENDING, OutboxMessage.lease_until <= now),
    )


def has_due(now: datetime) -> bool:
    """Whether anything is to be sent (送信待ちの有無)."""
    return db.session.scalar(select(OutboxMessage.id).where(is_due(now)).limit(1)) is not None


def claim_next(now: datetime, *, resting: Set[str] = frozenset()) -> Claim | Settled | None:
    """Take the message that has waited longest (引受け); None when there is none.

    Messages to a domain that is `resting` are put off, without counting a try.
    """
    with unit_of_work():
        message = db.session.scalars(
            select(OutboxMessage)
            .where(is_due(now))
            .order_by(OutboxMessage.next_try_at.asc().nulls_first(), OutboxMessage.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=OutboxMessage)
        ).first()
        if message is None:
            return None
        reason = why_not_sent(message, now, mail_settings())
        if reason is not None:
            return _settle(message, *reason)
        assert message.recipient.email
        if domain_of(message.recipient.email) in resting:
            message.status = DeliveryStatus.QUEUED
            message.next_try_at = now + DOMAIN_REST
            return Settled(message.status)
        return _take(message, message.recipient.email, now)


def note_outcome(claim: Claim, outcome: Outcome, now: datetime) -> bool:
    """Write down how a handing-over ended (送信の結果); False when the message was taken over."""
    with unit_of_work():
        message = _held_by(claim)
        if message is None:
            return False
        result = outcome.result
        if result is AttemptResult.REFUSED:
            message.refusals += 1
            if message.refusals >= mail_settings().MAIL_TRIES:
                result = AttemptResult.PARKED
        message.status = STATUS_AFTER[result]
        message.lease_until = None
        message.last_error = "" if result is AttemptResult.SENT else outcome.answer
        message.sent_at = now if result is AttemptResult.SENT else None
        waits = message.status is DeliveryStatus.QUEUED
        message.next_try_at = now + _back_off(message.attempts) if waits else None
        _end_attempt(message, result, outcome.answer, now)
    return True


def give_back(claim: Claim, words: str, now: datetime) -> None:
    """Put a message back that the server turned away from (差戻し), behind the others.

    It counts for no answer about the message: the server would not talk.
    """
    with unit_of_work():
        message = _held_by(claim)
        if message is not None:
            message.status = DeliveryStatus.QUEUED
            message.lease_until = None
            message.next_try_at = now + _back_off(message.attempts)
            message.last_error = words
            _end_attempt(message, AttemptResult.BROKEN, words, now)


def note_server(now: datetime, error: str = "") -> None:
    """Write down whether the mail server could be reached (メールサーバーの状態)."""
    with unit_of_work():
        state = db.session.get(MailServerState, 1, with_for_update=True)
        if state is None:
            state = MailServerState(id=1, last_error="")
            db.session.add(state)
        state.last_error = error
        if error:
            state.failing_since = state.failing_since or now
        else:
            state.failing_since, state.reached_at = None, now


def _take(message: OutboxMessage, recipient: str, now: datetime) -> Claim | Settled:
    settings = mail_settings()
    sender = read_address(settings.MAIL_FROM)
    assert sender is not None  # checked at the start
    try:
        mail = build_mail(message, sender=sender, reply_to=read_address(settings.MAIL_REPLY_TO))
    except ValueError:
        return _settle(message, DeliveryStatus.PARKED, "メールの形にできない文字が含まれています")
    message.status = DeliveryStatus.SENDING
    message.attempts += 1
    message.lease_until = now + LEASE
    db.session.add(
        DeliveryAttempt(message_id=message.id, number=message.attempts, started_at=now, answer="")
    )
    return Claim(message.id, message.attempts, recipient, mail, message.lease_until)


def _settle(message: OutboxMessage, status: DeliveryStatus, reason: str) -> Settled:
    message.status = status
    message.last_error = reason
    message.lease_until = message.next_try_at = None
    return Settled(status)


def _held_by(claim: Claim) -> OutboxMessage | None:
    """Lock a message that is still in the hands of this sender; None when it was taken over."""
    message = db.session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.id == claim.message_id)
        .with_for_update(of=OutboxMessage)
        .execution_options(populate_existing=True)
    ).one()
    is_mine = message.attempts == claim.attempt and message.status is DeliveryStatus.SENDING
    return message if is_mine else None


def _end_attempt(message: OutboxMessage, result: AttemptResult, answer: str, now: datetime) -> None:
    attempt = db.session.scalars(
        select(DeliveryAttempt).where(
            DeliveryAttempt.message_id == message.id, DeliveryAttempt.number == message.attempts
        )
    ).one()
    attempt.ended_at, attempt.result, attempt.answer = now, result, answer


def _back_off(attempts: int) -> timedelta:
    return BACK_OFF[min(attempts, len(BACK_OFF)) - 1]
