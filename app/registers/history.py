"""The history of a row in words (台帳の行の履歴): what each version changed, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.registers.content import changed_fields
from app.registers.models import ENTRY_ACT_LABELS, Register, RegisterEntryVersion

SYSTEM = "システム"


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One column in its old and new text (変わった列)."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class EntryChange:
    """One version of a row (版): when, who, what was done, why, and what it changed."""

    content_version: int
    changed_at: datetime
    who: str
    act: str
    reason: str
    changes: tuple[FieldChange, ...]


def history_of(register: Register, versions: Sequence[RegisterEntryVersion]) -> list[EntryChange]:
    """Tell the versions of a row, given and returned newest first (履歴)."""
    older = [*versions[1:], None]
    return [
        EntryChange(
            content_version=version.content_version,
            changed_at=version.changed_at,
            who=version.changed_by.label if version.changed_by else SYSTEM,
            act=ENTRY_ACT_LABELS[version.act],
            reason=version.reason,
            changes=_changes(register, version, before) if before else (),
        )
        for version, before in zip(versions, older, strict=True)
    ]


def _changes(
    register: Register, version: RegisterEntryVersion, before: RegisterEntryVersion
) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(
            label=column.label,
            before=before.content.get(column.name, ""),
            after=version.content.get(column.name, ""),
        )
        for column in changed_fields(before.content, version.content, register)
    )
