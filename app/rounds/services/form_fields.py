"""Changing the form of a round (様式の変更): freely until its first submission, then the words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core.errors import IllegalTransition, InvalidInput, NotFound, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.rounds.form_rules import (
    FieldSettings,
    dependent_fields,
    is_in_order,
    settings_errors,
    wording_errors,
)
from app.rounds.labels import ADDED_KINDS, TEXT_KINDS
from app.rounds.models import FieldKind, FormField, Round
from app.rounds.policy import authorize_manage
from app.rounds.round_form import field_named, fields_of, is_extra

FIELD_NOT_FOUND = "この項目は、この募集回の様式にありません。様式の画面から開いてください。"
FIXED = "この募集回には提出があったため、様式は変えられません。項目名と説明の言い回しだけ直せます。"
NOT_REMOVABLE = "どの様式にもある項目は外せません。任意にするか、項目名と説明を変えてください。"
NOT_MOVABLE = "条件にする項目は、その条件に従う項目より前に置いてください。"
EXTRA_PREFIX = "extra_"
CHOICE_KINDS = (FieldKind.CHOICE, FieldKind.VIEWPOINTS)


@dataclass(frozen=True, kw_only=True)
class ChangeField:
    """Other settings for a field (項目の変更). `version` is that of the form."""

    version: int
    settings: FieldSettings


@dataclass(frozen=True, kw_only=True)
class RewordField:
    """Other words for a field (言い回しの変更)."""

    version: int
    label: str
    help: str


@dataclass(frozen=True, kw_only=True)
class AddField:
    """One more field at the end of the form (項目の追加)."""

    version: int
    kind: FieldKind
    settings: FieldSettings


@dataclass(frozen=True, kw_only=True)
class MoveField:
    """A field goes one place up or down (項目の移動)."""

    version: int
    is_up: bool


def is_fixed(round_: Round) -> bool:
    """Whether a proposal was submitted, so that only words may change (様式の固定)."""
    return round_.last_receipt_sequence > 0


def get_field(round_: Round, name: str) -> FormField:
    """Return a field of the form of a round. Raises NotFound."""
    found = field_named(round_, name)
    if found is None:
        raise NotFound(FIELD_NOT_FOUND)
    return found


def change_field(round_: Round, name: str, command: ChangeField, *, actor: User) -> list[str]:
    """Change the settings of a field (項目の変更); return the names of the changed ones.

    Raises NotAllowed, StaleVersion, NotFound, IllegalTransition after the first submission,
    InvalidInput.
    """
    _open(round_, command.version, actor)
    _check_not_fixed(round_)
    field = get_field(round_, name)
    errors = settings_errors(round_, name, field.kind, command.settings)
    if errors:
        raise InvalidInput(errors)
    changed = _write(round_, field, command.settings)
    if changed:
        limit = {"character_limit": field.character_limit} if "character_limit" in changed else {}
        _keep(round_, "round.change_form_field", actor, {"field": name, "set": changed, **limit})
    return changed


def reword_field(round_: Round, name: str, command: RewordField, *, actor: User) -> list[str]:
    """Change the words of a field, at any time (言い回しの変更); return what changed.

    Raises NotAllowed, StaleVersion, NotFound, InvalidInput.
    """
    _open(round_, command.version, actor)
    field = get_field(round_, name)
    errors = wording_errors(round_, name, label=command.label, help_text=command.help)
    if errors:
        raise InvalidInput(errors)
    changed = _set(field, {"label": command.label, "help": command.help})
    if changed:
        _keep(round_, "round.reword_form_field", actor, {"field": name, "set": changed})
    return changed


def add_field(round_: Round, command: AddField, *, actor: User) -> FormField:
    """Add a field at the end of the form (項目の追加); its name is made by the system.

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    _open(round_, command.version, actor)
    _check_not_fixed(round_)
    if command.kind not in ADDED_KINDS:
        raise InvalidInput({"kind": ["項目の種類を一覧から選んでください"]})
    name = _next_name(round_)
    errors = settings_errors(round_, name, command.kind, command.settings)
    if errors:
        raise InvalidInput(errors)
    field = FormField(
        name=name, kind=command.kind, label="", help="", position=len(fields_of(round_)) + 1
    )
    round_.form_fields.append(field)
    _write(round_, field, command.settings)
    _keep(round_, "round.add_form_field", actor, {"field": name, "kind": command.kind.value})
    return field


def move_field(round_: Round, name: str, command: MoveField, *, actor: User) -> None:
    """Move a field one place (項目の移動); at the end of the form nothing happens.

    Raises NotAllowed, StaleVersion, NotFound, IllegalTransition, InvalidInput.
    """
    _open(round_, command.version, actor)
    _check_not_fixed(round_)
    fields = fields_of(round_)
    start = fields.index(get_field(round_, name))
    end = start - 1 if command.is_up else start + 1
    if not 0 <= end < len(fields):
        return
    fields[start], fields[end] = fields[end], fields[start]
    if not is_in_order(fields):
        raise InvalidInput({"position": [NOT_MOVABLE]})
    for position, row in enumerate(fields, start=1):
        row.position = position
    _keep(round_, "round.move_form_field", actor, {"field": name, "position": end + 1})
    db.session.refresh(round_, ["form_fields"])


def delete_field(round_: Round, name: str, *, version: int, actor: User) -> None:
    """Take an added field out of the form (項目の削除). Whoever calls has seen that no proposal
    answers it.

    Raises NotAllowed, StaleVersion, NotFound, IllegalTransition, InvalidInput.
    """
    _open(round_, version, actor)
    _check_not_fixed(round_)
    field = get_field(round_, name)
    if not is_extra(field):
        raise IllegalTransition(NOT_REMOVABLE)
    dependents = dependent_fields(round_, name)
    if dependents:
        labels = "」「".join(row.label for row in dependents)
        raise IllegalTransition(f"「{labels}」の条件になっています。先にその条件を外してください。")
    round_.form_fields.remove(field)
    _leave_group(round_)
    for position, row in enumerate(fields_of(round_), start=1):
        row.position = position
    _keep(round_, "round.remove_form_field", actor, {"field": name})


def _open(round_: Round, version: int, actor: User) -> None:
    """Lock the round, so that no submission comes in between; refuse an old page of the form."""
    authorize_manage(actor)
    db.session.refresh(round_, with_for_update=True)
    if round_.form_version != version:
        raise StaleVersion(STALE_MESSAGE)


def _check_not_fixed(round_: Round) -> None:
    if is_fixed(round_):
        raise IllegalTransition(FIXED)


def _write(round_: Round, field: FormField, settings: FieldSettings) -> list[str]:
    is_text = field.kind in TEXT_KINDS
    limit = settings.character_limit if is_text else None
    changed = _set(
        field,
        {
            "label": settings.label,
            "help": settings.help,
            "section": settings.section,
            "is_required": settings.is_required,
            "character_limit": limit,
            "choices": list(settings.choices) if field.kind in CHOICE_KINDS else [],
            "shown_when_field": settings.shown_when_field or None,
            "shown_when_value": settings.shown_when_value if settings.shown_when_field else "",
            "keeps_hidden_answer": settings.keeps_hidden_answer,
            "audience": settings.audience,
        },
    )
    other = settings.counted_with if is_text and limit is not None else ""
    return [*changed, *_join_group(round_, field, other)]


def _join_group(round_: Round, field: FormField, other_name: str) -> list[str]:
    """Count the field with another one, all under the limit of this one, or alone."""
    before = field.limit_group
    other = field_named(round_, other_name) if other_name else None
    field.limit_group = (other.limit_group or other.name) if other else None
    if other is not None:
        other.limit_group = field.limit_group
        for row in fields_of(round_):
            if row.limit_group == field.limit_group:
                row.character_limit = field.character_limit
    _leave_group(round_)
    return ["limit_group"] if field.limit_group != before else []


def _leave_group(round_: Round) -> None:
    """A group of one is none."""
    groups = [row.limit_group for row in fields_of(round_)]
    for row in fields_of(round_):
        if row.limit_group is not None and groups.count(row.limit_group) == 1:
            row.limit_group = None


def _set(field: FormField, values: Mapping[str, Any]) -> list[str]:
    changed = [name for name, value in values.items() if getattr(field, name) != value]
    for name in changed:
        setattr(field, name, values[name])
    return changed


def _next_name(round_: Round) -> str:
    numbers = [
        int(row.name.removeprefix(EXTRA_PREFIX))
        for row in fields_of(round_)
        if row.name.startswith(EXTRA_PREFIX)
    ]
    return f"{EXTRA_PREFIX}{max(numbers, default=0) + 1}"


def _keep(round_: Round, verb: str, actor: User, changes: Mapping[str, Any]) -> None:
    round_.form_version += 1
    db.session.flush()
    subject = Subject(type="round", id=round_.id, version=round_.version)
    record(verb, subject, actor=actor, changes={**changes, "form_version": round_.form_version})
