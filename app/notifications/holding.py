"""Holding mail back and letting it go by hand (送信の操作); each leaves its trace in the trail."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.notifications.letter_kinds import kind_of
from app.notifications.models import DeliveryStatus, LetterSetting, OutboxMessage
from app.notifications.news_checks import seen_by
from app.notifications.policy import RULES, Act, authorize, why_out_of_reach
from app.notifications.settings import mail_settings

TOO_LATE = (
    "このメールの状況が変わったため、この操作はできません。"
    "画面を開き直して、今の状況を確かめてください。"
)
ERASED = "保存期間を過ぎて本文を消したため、もう一度送ることはできません。"


@dataclass(frozen=True, kw_only=True)
class Treat:
    """What to do with one message (送信の操作), and why."""

    act: Act
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ReleaseHeld:
    """Let all held letters of a kind go (まとめて送る); `count` is what the person typed."""

    count: int | None


def treat(message: OutboxMessage, command: Treat, *, actor: User) -> None:
    """Hold, let go, cancel, try again, or note that it came back (送信の操作).

    Raises NotAllowed, IllegalTransition when it stands elsewhere by now, InvalidInput.
    """
    authorize(actor)
    rule = RULES[command.act]
    db.session.refresh(message, with_for_update={"of": OutboxMessage})
    if message.status not in rule.before:
        raise IllegalTransition(TOO_LATE)
    if command.act is Act.RETRY:
        _check_retry(message)
    if rule.needs_reason and is_blank(command.reason):
        raise InvalidInput({"reason": [f"「{rule.label}」には、理由を入力してください"]})
    _move(message, command.act, command.reason, actor)


def release_held(letter: str, command: ReleaseHeld, *, actor: User) -> int:
    """Let all held letters of a kind go that the actor may know of; return how many.

    Raises NotAllowed, InvalidInput when the number typed is not theirs (J2).
    """
    authorize(actor)
    held = list(db.session.scalars(held_letters(letter, actor).with_for_update(of=OutboxMessage)))
    if not held or command.count != len(held):
        raise InvalidInput(
            {"count": [f"保留中は{len(held)}通です。送る数を確かめて、その数を入力してください"]}
        )
    for message in held:
        _move(message, Act.RELEASE, "", actor)
    return len(held)


def set_rule(letter: str, *, is_held: bool, actor: User) -> None:
    """Have letters of a kind wait for a person, or not (送信前に確認する).

    Raises NotAllowed, NotFound, InvalidInput for a letter that is not held back.
    """
    authorize(actor)
    if is_held and not kind_of(letter).can_be_held:
        raise InvalidInput({"is_held": ["この文面は、送信前に止められません"]})
    setting = db.session.get(LetterSetting, letter)
    if (setting is not None and setting.is_held) == is_held:
        return
    if setting is None:
        setting = LetterSetting(letter=letter)
        db.session.add(setting)
    setting.is_held = is_held
    changes = {"letter": letter, "is_held": is_held}
    record("letter.set_rule", Subject(type="letter", id=None), actor=actor, changes=changes)


def held_letters(letter: str, actor: User) -> Select[OutboxMessage]:
    """Held letters of a kind that the actor may know of (保留中のメール)."""
    return (
        select(OutboxMessage)
        .where(
            OutboxMessage.letter == letter,
            OutboxMessage.status == DeliveryStatus.HELD,
            seen_by(actor),
        )
        .order_by(OutboxMessage.id)
    )


def _check_retry(message: OutboxMessage) -> None:
    """Refuse to send what would be put aside again. Raises IllegalTransition, InvalidInput."""
    if not message.body:
        raise IllegalTransition(ERASED)
    closed = why_out_of_reach(message, mail_settings())
    if closed is not None:
        raise InvalidInput({"act": [f"{closed}。このままでは、もう一度送っても届きません"]})


def _move(message: OutboxMessage, act: Act, reason: str, actor: User) -> None:
    before, now = message.status, clock.now()
    message.status = RULES[act].after
    message.stopped_by_id, message.stopped_at, message.stop_reason = actor.id, now, reason
    message.next_try_at = _next_try(message, now)
    if act is Act.RETRY:
        message.refusals = 0
    record(
        f"message.{act}",
        Subject(type="outbox_message", id=message.id),
        actor=actor,
        from_state=before,
        to_state=message.status,
        reason=reason,
        changes={"letter": message.letter},
    )


def _next_try(message: OutboxMessage, now: datetime) -> datetime | None:
    """When it goes; holding it and letting it go does not bring it forward (取りやめの猶予)."""
    if message.status is DeliveryStatus.QUEUED:
        return max(now, message.next_try_at or now)
    return message.next_try_at if message.status is DeliveryStatus.HELD else None
