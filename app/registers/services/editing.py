"""Changing the registers by hand (台帳の編集): each change with its reason, kept as a version."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, InvalidInput, NotFound, StaleVersion
from app.core.text import count_characters
from app.registers.content import (
    Alias,
    EntryContent,
    alias_problem,
    changed_fields,
    content_of,
    read_content,
    texts_of,
)
from app.registers.models import AliasKind, EntryAct, Register, RegisterEntry
from app.registers.policy import authorize_edit
from app.registers.queries import link_targets
from app.registers.services.checking import check_contents, lock_register, next_number
from app.registers.services.writing import keep_version, new_entry, write_all

LONGEST_REASON = 500
RETIRED = "この行は廃止されています。直すには、先に廃止を取り消してください。"
NOT_RETIRED = "この行は廃止されていません。画面を開き直して、状態を確かめてください。"
NO_ALIAS = "この別名は見つかりません。画面を開き直して、いまの別名を確かめてください。"
UNCHANGED = "変わったところがありません。直してから登録してください"


@dataclass(frozen=True, kw_only=True)
class AddEntry:
    """A new row (行の追加): texts by column, number and aliases not among them."""

    texts: Mapping[str, str]
    reason: str


@dataclass(frozen=True, kw_only=True)
class ChangeEntry:
    """A row with other texts (行の変更); `version` is the one that was on the screen."""

    version: int
    texts: Mapping[str, str]
    reason: str


@dataclass(frozen=True, kw_only=True)
class RetireEntry:
    """A row that is taken out of use, or put back (廃止・廃止の取消し)."""

    version: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class AddAlias:
    """Another word for a row (別名の追加)."""

    version: int
    text: str
    kind: AliasKind
    reason: str


@dataclass(frozen=True, kw_only=True)
class RemoveAlias:
    """An alias that is taken away (別名の削除)."""

    version: int
    alias_id: int
    reason: str


def add_entry(register: Register, command: AddEntry, *, actor: User) -> RegisterEntry:
    """Add a row under the next number (行の追加). Raises InvalidInput by column."""
    authorize_edit(actor)
    check_reason(command.reason)
    lock_register(register)
    number = next_number(register)
    content = read_content(register, {**command.texts, "number": str(number)})
    _check(content)
    entry = new_entry(content)
    write_all([(entry, content)], link_targets() if content.linked_names else {})
    _keep(entry, EntryAct.ADDED, "register.add", command.reason, actor)
    return entry


def change_entry(entry: RegisterEntry, command: ChangeEntry, *, actor: User) -> None:
    """Change the texts of a row (行の変更). Raises InvalidInput by column, StaleVersion."""
    _open(entry, command.version, actor)
    check_reason(command.reason)
    before = content_of(entry)
    texts = {**texts_of(before), **command.texts, "number": str(entry.number)}
    content = replace(read_content(entry.register, texts), aliases=before.aliases)
    changed = changed_fields(texts_of(before), texts_of(content), entry.register)
    if not changed:
        raise InvalidInput({"": [UNCHANGED]})
    _check(content)
    _write(entry, content, command.reason, "register.change", actor)


def retire_entry(entry: RegisterEntry, command: RetireEntry, *, actor: User) -> None:
    """Take a row out of use (廃止): old evidence keeps it, nobody can cite it anew."""
    _open(entry, command.version, actor)
    check_reason(command.reason)
    entry.retired_at = clock.now()
    entry.content_version += 1
    _keep(entry, EntryAct.RETIRED, "register.retire", command.reason, actor)


def restore_entry(entry: RegisterEntry, command: RetireEntry, *, actor: User) -> None:
    """Put a retired row back into use (廃止の取消し). Raises InvalidInput for a row like it."""
    authorize_edit(actor)
    lock_register(entry.register)
    _check_version(entry, command.version)
    if not entry.is_retired:
        raise IllegalTransition(NOT_RETIRED)
    check_reason(command.reason)
    _check(content_of(entry))
    entry.retired_at = None
    entry.content_version += 1
    _keep(entry, EntryAct.RESTORED, "register.restore", command.reason, actor)


def add_alias(entry: RegisterEntry, command: AddAlias, *, actor: User) -> None:
    """Give a row another word (別名の追加). Raises InvalidInput, StaleVersion."""
    _open(entry, command.version, actor)
    problem = alias_problem(command.text, command.reason)
    if problem:
        raise InvalidInput({problem[0]: [problem[1]]})
    content = content_of(entry)
    if command.text in (content.title, *(alias.text for alias in content.aliases)):
        raise InvalidInput({"text": [f"「{command.text}」は、この行の名称か別名に既にあります"]})
    alias = Alias(text=command.text, kind=command.kind, reason=command.reason)
    with_alias = replace(content, aliases=(*content.aliases, alias))
    _write(entry, with_alias, command.reason, "register.add_alias", actor)


def remove_alias(entry: RegisterEntry, command: RemoveAlias, *, actor: User) -> None:
    """Take an alias away from a row (別名の削除). Raises NotFound, InvalidInput, StaleVersion."""
    _open(entry, command.version, actor)
    check_reason(command.reason)
    gone = next((row.text for row in entry.aliases if row.id == command.alias_id), None)
    if gone is None:
        raise NotFound(NO_ALIAS)
    content = content_of(entry)
    kept = tuple(alias for alias in content.aliases if alias.text != gone)
    without = replace(content, aliases=kept)
    _write(entry, without, command.reason, "register.remove_alias", actor)


def check_reason(reason: str) -> None:
    """Refuse a change without a reason (変更の理由). Raises InvalidInput."""
    length = count_characters(reason)
    if not length:
        raise InvalidInput({"reason": ["理由を入力してください"]})
    if length > LONGEST_REASON:
        raise InvalidInput({"reason": [f"理由は{LONGEST_REASON}文字以内で入力してください"]})


def _open(entry: RegisterEntry, version: int, actor: User) -> None:
    authorize_edit(actor)
    lock_register(entry.register)
    _check_version(entry, version)
    if entry.is_retired:
        raise IllegalTransition(RETIRED)


def _check_version(entry: RegisterEntry, version: int) -> None:
    if entry.content_version != version:
        raise StaleVersion


def _check(content: EntryContent) -> None:
    others = [
        content_of(row)
        for row in lock_register(content.register)
        if not row.is_retired and row.number != content.number
    ]
    linkable = link_targets() if content.linked_names else {}
    errors = check_contents([*others, content], {content.number}, linkable)
    if errors:
        raise InvalidInput(errors[content.number])


def _write(
    entry: RegisterEntry, content: EntryContent, reason: str, verb: str, actor: User
) -> None:
    before = texts_of(content_of(entry))
    write_all([(entry, content)], link_targets() if content.linked_names else {})
    entry.content_version += 1
    changed = changed_fields(before, texts_of(content_of(entry)), entry.register)
    fields = [column.name for column in changed]
    _keep(entry, EntryAct.CHANGED, verb, reason, actor, fields=fields)


def _keep(
    entry: RegisterEntry,
    act: EntryAct,
    verb: str,
    reason: str,
    actor: User,
    *,
    fields: list[str] | None = None,
) -> None:
    keep_version(entry, act, actor=actor, reason=reason)
    record_entry(verb, entry, reason=reason, actor=actor, fields=fields or [])


def record_entry(
    verb: str, entry: RegisterEntry, *, reason: str, actor: User, fields: list[str]
) -> None:
    """Put a change of a row into the trail (監査記録): its names of columns, never their texts."""
    changes = {"register": entry.register.value, "number": entry.number, "fields": fields}
    subject = Subject(type="register_entry", id=entry.id, version=entry.content_version)
    record(verb, subject, actor=actor, reason=reason, changes=changes)
