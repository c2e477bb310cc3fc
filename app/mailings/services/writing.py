"""Writing a letter to many (一斉連絡の下書き)."""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import OrgType, User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.core.text import count_characters, is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.mailings.models import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    Audience,
    Mailing,
    MailingStage,
    Seat,
)
from app.mailings.placeholders import problems
from app.mailings.policy import authorize_write
from app.mailings.queries import SUBJECT_TYPE, audiences_for, rounds_to_write_in

NO_DRAFT = "この一斉連絡は、もう書き換えられません。新しい一斉連絡を作ってください。"


@dataclass(frozen=True, kw_only=True)
class WriteMailing:
    """A letter with the rule of its recipients (一斉連絡の文と宛先の決め方)."""

    round_id: int | None
    subject: str
    text: str
    audience: Audience | None
    seats: tuple[Seat, ...]
    org_types: tuple[OrgType, ...] = ()


def write_mailing(command: WriteMailing, *, actor: User) -> Mailing:
    """Start a letter (一斉連絡の作成); nobody gets anything yet.

    Raises NotAllowed, InvalidInput.
    """
    authorize_write(actor)
    mailing = Mailing(
        stage=MailingStage.DRAFT,
        created_by_id=actor.id,
        created_at=clock.now(),
        writer_ids=[],
    )
    _write(mailing, command, actor)
    db.session.add(mailing)
    db.session.flush()
    keep_trace("draft", mailing, actor)
    return mailing


def edit_mailing(mailing: Mailing, command: WriteMailing, version: int, *, actor: User) -> None:
    """Write it anew (一斉連絡の変更); one that waits for its release is a draft again.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_write(actor)
    check_version(mailing, version)
    if mailing.stage not in (MailingStage.DRAFT, MailingStage.CONFIRMED):
        raise IllegalTransition(NO_DRAFT)
    _write(mailing, command, actor)
    former, mailing.stage = mailing.stage, MailingStage.DRAFT
    mailing.confirmed_by_id = mailing.confirmed_at = None
    mailing.confirmed_ids, mailing.confirmed_hash = [], ""
    keep_trace("edit", mailing, actor, from_state=former)


def check_version(mailing: Mailing, version: int) -> None:
    """Lock the letter; refuse a command made from an older version (P05). Raises StaleVersion."""
    present = db.session.scalar(
        select(Mailing.version).where(Mailing.id == mailing.id).with_for_update()
    )
    if not mailing.version == present == version:
        raise StaleVersion(STALE_MESSAGE)


def keep_trace(
    act: str,
    mailing: Mailing,
    actor: User,
    *,
    from_state: MailingStage | None = None,
    reason: str = "",
    **changes: object,
) -> None:
    """Write the entry of an act (監査記録): rule and numbers, no text."""
    rule = {
        "audience": mailing.audience.value,
        "seats": list(mailing.seats),
        "org_types": list(mailing.org_types),
        "round_id": mailing.round_id,
    }
    record(
        f"{SUBJECT_TYPE}.{act}",
        Subject(type=SUBJECT_TYPE, id=mailing.id, version=mailing.version),
        actor=actor,
        from_state=from_state.value if from_state else None,
        to_state=mailing.stage.value,
        reason=reason,
        changes={**rule, **changes},
    )


def _write(mailing: Mailing, command: WriteMailing, actor: User) -> None:
    errors = _text_errors(command)
    round_ = next((row for row in rounds_to_write_in() if row.id == command.round_id), None)
    if round_ is None:
        errors["round_id"] = ["募集回を一覧から選んでください"]
    if command.audience is None or command.audience not in audiences_for(actor):
        errors["audience"] = ["宛先の団体を一覧から選んでください"]
    if not command.seats:
        errors["seats"] = ["宛先の役割を1つ以上選んでください"]
    if errors or round_ is None or command.audience is None:
        raise InvalidInput(errors)
    mailing.round = round_
    mailing.round_id = round_.id
    mailing.subject = command.subject
    mailing.text = command.text
    mailing.audience = command.audience
    mailing.seats = [seat.value for seat in command.seats]
    # A ministry has no such type.
    is_of_bodies = command.audience is not Audience.MINISTRIES
    mailing.org_types = [row.value for row in command.org_types] if is_of_bodies else []
    mailing.edited_at = clock.now()
    # A list of its own: a change inside a stored list would go unnoticed.
    mailing.writer_ids = sorted({*mailing.writer_ids, actor.id})


def _text_errors(command: WriteMailing) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for name, label, text, limit in (
        ("subject", "件名", command.subject, LONGEST_SUBJECT),
        ("text", "本文", command.text, LONGEST_TEXT),
    ):
        found = _problems(label, text, limit)
        if command.audience is not None:
            found += problems(text, command.audience, where=label)
        if found:
            errors[name] = found
    if "\n" in command.subject:
        errors.setdefault("subject", []).append("件名は1行で入力してください")
    return errors


def _problems(label: str, text: str, limit: int) -> list[str]:
    if is_blank(text):
        return [f"{label}を入力してください"]
    over = max(count_characters(text), len(text.replace("\n", ""))) - limit
    if over > 0:
        return [f"{label}は{limit:,}文字以内で入力してください（{over:,}文字超えています）"]
    return []
