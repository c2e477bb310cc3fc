"""Sending a letter to many (一斉連絡の送信): counted, released by a second person, taken back."""

import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update

from app.accounts.models import User
from app.audit.services import Subject
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput
from app.core.text import is_blank
from app.extensions import db
from app.mailings.models import Mailing, MailingStage
from app.mailings.placeholders import problems
from app.mailings.policy import (
    authorize_cancel,
    authorize_release,
    authorize_write,
    is_before_sending,
)
from app.mailings.queries import SUBJECT_TYPE, has_left
from app.mailings.recipients import LETTER, RecipientList, recipients_of
from app.mailings.scan import warnings_of
from app.mailings.services.writing import check_version, keep_trace
from app.notifications.models import DeliveryStatus, OutboxMessage
from app.notifications.rosters import RosterChanged
from app.notifications.services import enqueue

# Time in which a letter that was let go can still be taken back (取りやめの猶予).
SECOND_THOUGHTS = timedelta(minutes=10)
LONGEST_SENT_SUBJECT = 200  # code points, what the outbox holds
NOT_TO_CONFIRM = "この一斉連絡は、もう承認されたか、取りやめになっています。"
NOT_CONFIRMED = "この一斉連絡は、送信の承認を待っていません。画面を開き直してください。"
TOO_LATE = "送信が始まったため、取りやめられません。訂正の連絡を新しく作ってください。"
OVER = "この一斉連絡は、すでに取りやめになっています。"


@dataclass(frozen=True, kw_only=True)
class ConfirmCount:
    """The number as a person typed it (件数の確認), and whether the warnings were read.

    `seen` is the mark of the list that was shown (`RecipientList.digest`).
    """

    version: int
    seen: str
    typed: str
    has_read_warnings: bool = False


@dataclass(frozen=True, kw_only=True)
class CancelMailing:
    """Taking it out (取りやめ), with the reason."""

    version: int
    reason: str


def confirm_count(mailing: Mailing, command: ConfirmCount, *, actor: User) -> None:
    """Fix who gets which letter, by typing how many they are (件数の確認).

    From here on a second person is awaited. Raises NotAllowed, StaleVersion, IllegalTransition,
    InvalidInput, RosterChanged when the list is not the one that was shown.
    """
    authorize_write(actor)
    check_version(mailing, command.version)
    if mailing.stage not in (MailingStage.DRAFT, MailingStage.CONFIRMED):
        raise IllegalTransition(NOT_TO_CONFIRM)
    found = recipients_of(mailing)
    if found.digest() != command.seen:
        raise RosterChanged
    errors = _count_errors(mailing, command, found)
    if errors:
        raise InvalidInput(errors)
    former, mailing.stage = mailing.stage, MailingStage.CONFIRMED
    mailing.confirmed_by_id = actor.id
    mailing.confirmed_at = clock.now()
    mailing.confirmed_ids = found.ids
    mailing.confirmed_hash = found.digest()
    keep_trace("confirm", mailing, actor, from_state=former, people=len(found.people))


def release_mailing(mailing: Mailing, version: int, *, actor: User) -> int:
    """Let it go (送信の承認): one letter a person, sent after ten minutes; return how many.

    Who gets which letter is worked out once more, and has to be what was confirmed. Raises
    NotAllowed, StaleVersion, IllegalTransition, RosterChanged.
    """
    authorize_release(actor, mailing)
    check_version(mailing, version)
    if mailing.stage is not MailingStage.CONFIRMED:
        raise IllegalTransition(NOT_CONFIRMED)
    found = recipients_of(mailing)
    if found.digest() != mailing.confirmed_hash:
        raise RosterChanged
    mailing.stage = MailingStage.RELEASED
    mailing.released_by_id = actor.id
    mailing.released_at = clock.now()
    mailing.sends_at = clock.now() + SECOND_THOUGHTS
    count = _enqueue(mailing, found)
    keep_trace("release", mailing, actor, from_state=MailingStage.CONFIRMED, people=count)
    return count


def cancel_mailing(mailing: Mailing, command: CancelMailing, *, actor: User) -> None:
    """Take all of it out (取りやめ), before any of it was sent; the trace stays.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_cancel(actor, mailing)
    check_version(mailing, command.version)
    if mailing.stage is MailingStage.CANCELLED:
        raise IllegalTransition(OVER)
    if not is_before_sending(mailing):
        raise IllegalTransition(TOO_LATE)
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["取りやめる理由を入力してください"]})
    former, mailing.stage = mailing.stage, MailingStage.CANCELLED
    mailing.cancelled_by_id = actor.id
    mailing.cancelled_at = clock.now()
    mailing.cancel_reason = command.reason
    _take_out(mailing, command.reason, actor)
    # Asked after they were taken out: a sender may have been quicker at the last moment.
    if has_left(mailing):
        raise IllegalTransition(TOO_LATE)
    keep_trace("cancel", mailing, actor, from_state=former, reason=command.reason)


def _enqueue(mailing: Mailing, found: RecipientList) -> int:
    # The key is new, so nothing waiting has to be written before each question for it.
    with db.session.no_autoflush:
        count = sum(
            enqueue(
                LETTER,
                [row.user],
                key=f"{SUBJECT_TYPE}:{mailing.id}",
                path=row.path,
                about=Subject(type=SUBJECT_TYPE, id=mailing.id),
                round_key=mailing.round.key,
                title=row.subject,
                text=row.text,
            )
            for row in found.people
        )
    db.session.flush()
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.about_type == SUBJECT_TYPE, OutboxMessage.about_id == mailing.id)
        .values(next_try_at=mailing.sends_at)
    )
    return count


def _take_out(mailing: Mailing, reason: str, actor: User) -> None:
    db.session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.about_type == SUBJECT_TYPE,
            OutboxMessage.about_id == mailing.id,
            OutboxMessage.status.in_((DeliveryStatus.HELD, DeliveryStatus.QUEUED)),
        )
        .values(
            status=DeliveryStatus.CANCELLED,
            stopped_by_id=actor.id,
            stopped_at=clock.now(),
            stop_reason=reason,
            next_try_at=None,
        )
    )


def _count_errors(
    mailing: Mailing, command: ConfirmCount, found: RecipientList
) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    unresolved = [
        *problems(mailing.subject, mailing.audience, where="件名"),
        *problems(mailing.text, mailing.audience, where="本文"),
    ]
    if unresolved:
        errors["text"] = unresolved
    if any(len(row.letter()[0]) > LONGEST_SENT_SUBJECT for row in found.people):
        errors["subject"] = ["差し込むと件名が長くなりすぎる宛先があります。件名を短くしてください"]
    if not found.people:
        errors["typed"] = ["宛先になる人がいません。宛先の決め方を直してください"]
    elif _number_in(command.typed) != len(found.people):
        errors["typed"] = [
            f"入力した人数が、宛先の人数（{len(found.people):,}人）と合いません。"
            "宛先の一覧を見て、人数を数字で入力してください"
        ]
    if not command.has_read_warnings and warnings_of(mailing, found.bodies):
        errors["has_read_warnings"] = ["注意を読んで、確かめた印を付けてください"]
    return errors


def _number_in(typed: str) -> int | None:
    """Number that was typed, in wide digits too, with or without commas; None for no number."""
    plain = unicodedata.normalize("NFKC", typed).replace(",", "").removesuffix("人").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 8 else None
