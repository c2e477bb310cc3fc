"""Backups and media, and how they were destroyed (媒体・写しの廃棄簿)."""

from dataclasses import dataclass
from datetime import date

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput
from app.extensions import db
from app.personal_data.models import MediumKind, StorageMedium
from app.personal_data.policy import authorize_media

WRONG_ORDER = "廃棄の期日は、作成日以後の日にしてください"
OWN_WITNESS = "立ち会った人は、記録する人とは別の人を選んでください"
FUTURE = "今日までの日を入力してください"
BEFORE_MADE = "作成日以後の日を入力してください"
DESTROYED_ALREADY = "この媒体・写しの廃棄は、もう記録されています。"


@dataclass(frozen=True, kw_only=True)
class RegisterMedium:
    """A backup or medium with personal data (媒体・写しの登録)."""

    kind: MediumKind
    label: str
    place: str
    made_on: date
    destroy_by: date


@dataclass(frozen=True, kw_only=True)
class DestroyMedium:
    """How a medium was destroyed, and who saw it (媒体・写しの廃棄)."""

    destroyed_on: date
    method: str
    witness_id: int
    key_destroyed_on: date | None
    certificate_sha256: str


def register_medium(command: RegisterMedium, *, actor: User) -> StorageMedium:
    """Write a medium down (媒体・写しの登録). Raises NotAllowed, InvalidInput."""
    authorize_media(actor)
    if command.destroy_by < command.made_on:
        raise InvalidInput({"destroy_by": [WRONG_ORDER]})
    medium = StorageMedium(
        kind=command.kind,
        label=command.label,
        place=command.place,
        made_on=command.made_on,
        destroy_by=command.destroy_by,
        registered_by_id=actor.id,
        registered_at=clock.now(),
        method="",
        certificate_sha256="",
    )
    db.session.add(medium)
    db.session.flush()
    _record(medium, "medium.register", actor, destroy_by=command.destroy_by.isoformat())
    return medium


def destroy_medium(medium: StorageMedium, command: DestroyMedium, *, actor: User) -> None:
    """Write down that a medium is no more (媒体・写しの廃棄): once, with a witness.

    Raises NotAllowed, IllegalTransition, InvalidInput.
    """
    authorize_media(actor)
    if medium.destroyed_on is not None:
        raise IllegalTransition(DESTROYED_ALREADY)
    _check(medium, command, actor)
    medium.destroyed_on = command.destroyed_on
    medium.method = command.method
    medium.witness_id = command.witness_id
    medium.key_destroyed_on = command.key_destroyed_on
    medium.certificate_sha256 = command.certificate_sha256
    medium.noted_by_id = actor.id
    medium.noted_at = clock.now()
    _record(
        medium,
        "medium.destroy",
        actor,
        destroyed_on=command.destroyed_on.isoformat(),
        witness=command.witness_id,
        certificate=command.certificate_sha256,
    )


def _check(medium: StorageMedium, command: DestroyMedium, actor: User) -> None:
    errors: dict[str, list[str]] = {}
    if command.witness_id == actor.id:
        errors["witness"] = [OWN_WITNESS]
    for name, day in (
        ("destroyed_on", command.destroyed_on),
        ("key_destroyed_on", command.key_destroyed_on),
    ):
        if day is not None and day > clock.today():
            errors[name] = [FUTURE]
        elif day is not None and day < medium.made_on:
            errors[name] = [BEFORE_MADE]
    if errors:
        raise InvalidInput(errors)


def _record(medium: StorageMedium, verb: str, actor: User, **changes: object) -> None:
    subject = Subject(type="storage_medium", id=medium.id)
    record(verb, subject, actor=actor, changes={"kind": medium.kind.value, **changes})
