"""Registering and ending duties (所管の登録・終了), the catch-all among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.accounts.models import Organization, OrganizationKind, User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, StaleVersion
from app.core.text import is_blank
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.registers.models import RegisterEntry
from app.routing.models import Duty
from app.routing.policy import authorize_duties
from app.routing.queries import catch_all_duty

SUBJECT_TYPE = "duty"
SHORTEST_WORDS = 2
ENDED = "この所管は、もう終わっています。"
KEEPS_CATCH_ALL = (
    "その他の宛先は、なくせません。別の府省庁にするときは、その他の宛先を変えてください。"
)


@dataclass(frozen=True, kw_only=True)
class NewDuty:
    """A duty to be registered (所管の登録): told by words, a law or a row, one at least."""

    organization_id: int
    reason: str
    words: str = ""
    law: str = ""
    register_entry_id: int | None = None
    note: str = ""
    valid_from: date | None = None


@dataclass(frozen=True, kw_only=True)
class EndDuty:
    """The end of a duty with its last day today (所管の終了)."""

    version: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class NameCatchAll:
    """Where the rest goes (その他の宛先); `seen_id` is the duty named so far, 0 for none."""

    organization_id: int
    seen_id: int
    reason: str


def add_duty(command: NewDuty, *, actor: User) -> Duty:
    """Register a duty (所管の登録). Raises NotAllowed, InvalidInput."""
    authorize_duties(actor)
    errors = _errors(command)
    if errors:
        raise InvalidInput(errors)
    return _add(command, actor, is_catch_all=False)


def add_duties(commands: Sequence[NewDuty], *, actor: User) -> int:
    """Register many, all or none (所管の取込み); those that hold already are left as they are.

    Returns how many are new. Raises NotAllowed, InvalidInput.
    """
    authorize_duties(actor)
    known = {_key_of(row) for row in _holding()}
    added = 0
    for command in commands:
        key = (
            command.organization_id,
            command.words,
            command.law,
            command.register_entry_id,
        )
        if key not in known:
            add_duty(command, actor=actor)
            known.add(key)
            added += 1
    return added


def end_duty(duty: Duty, command: EndDuty, *, actor: User) -> None:
    """End a duty; today is its last day (所管の終了).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_duties(actor)
    if duty.version != command.version:
        raise StaleVersion(STALE_MESSAGE)
    if duty.valid_until is not None:
        raise IllegalTransition(ENDED)
    if duty.is_catch_all:
        raise IllegalTransition(KEEPS_CATCH_ALL)
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["終える理由を入力してください"]})
    _end(duty, command.reason, actor)


def name_catch_all(command: NameCatchAll, *, actor: User) -> Duty:
    """Name where a case goes that nothing speaks for (その他の宛先の変更).

    Raises NotAllowed, StaleVersion, InvalidInput.
    """
    authorize_duties(actor)
    present = catch_all_duty()
    if (present.id if present else 0) != command.seen_id:
        raise StaleVersion(STALE_MESSAGE)
    errors = _body_errors(command.organization_id) | _reason_errors(command.reason)
    if errors:
        raise InvalidInput(errors)
    if present is not None:
        _end(present, command.reason, actor)
    made = NewDuty(organization_id=command.organization_id, reason=command.reason)
    return _add(made, actor, is_catch_all=True)


def _add(command: NewDuty, actor: User, *, is_catch_all: bool) -> Duty:
    duty = Duty(
        organization_id=command.organization_id,
        words=command.words,
        law=command.law,
        register_entry_id=command.register_entry_id,
        is_catch_all=is_catch_all,
        note=command.note,
        valid_from=command.valid_from or clock.today(),
        reason=command.reason,
        set_by_id=actor.id,
        set_at=clock.now(),
    )
    db.session.add(duty)
    db.session.flush()
    _trace("name_catch_all" if is_catch_all else "add", duty, actor, command.reason)
    return duty


def _end(duty: Duty, reason: str, actor: User) -> None:
    # One that begins later never held: it ends on the day it would have begun.
    last = clock.today() - timedelta(days=1) if duty.is_catch_all else clock.today()
    duty.valid_until = max(last, duty.valid_from)
    duty.end_reason = reason
    db.session.flush()
    _trace("end", duty, actor, reason)


def _trace(verb: str, duty: Duty, actor: User, reason: str) -> None:
    record(
        f"{SUBJECT_TYPE}.{verb}",
        Subject(type=SUBJECT_TYPE, id=duty.id, version=duty.version),
        actor=actor,
        reason=reason,
        changes={
            "organization_id": duty.organization_id,
            "register_entry_id": duty.register_entry_id,
            "valid_from": duty.valid_from.isoformat(),
            "valid_until": duty.valid_until.isoformat() if duty.valid_until else None,
        },
    )


def _holding() -> list[Duty]:
    return list(db.session.scalars(select(Duty).where(Duty.valid_until.is_(None))))


def _key_of(duty: Duty) -> tuple[int, str, str, int | None]:
    return (duty.organization_id, duty.words, duty.law, duty.register_entry_id)


def _errors(command: NewDuty) -> dict[str, list[str]]:
    errors = _body_errors(command.organization_id) | _reason_errors(command.reason)
    is_told = command.words or command.law or command.register_entry_id is not None
    if not is_told:
        errors["words"] = ["語句、法令、台帳の行のどれかを入力してください"]
    elif command.words and len(command.words) < SHORTEST_WORDS:
        errors["words"] = [f"語句は{SHORTEST_WORDS}文字以上で入力してください"]
    if command.register_entry_id is not None:
        entry = db.session.get(RegisterEntry, command.register_entry_id)
        if entry is None or entry.is_retired:
            errors["register_entry_id"] = ["台帳の行が見つかりません。台帳の番号を確かめてください"]
    return errors


def _body_errors(organization_id: int) -> dict[str, list[str]]:
    body = db.session.get(Organization, organization_id)
    is_standing = body is not None and body.exists_on(clock.today())
    if body is None or not is_standing or body.kind is not OrganizationKind.MINISTRY:
        return {"organization_id": ["府省庁を一覧から選んでください"]}
    return {}


def _reason_errors(reason: str) -> dict[str, list[str]]:
    return {"reason": ["理由を入力してください"]} if is_blank(reason) else {}
