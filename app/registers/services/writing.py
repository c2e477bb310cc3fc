"""Writing what a row holds, and keeping the version it was (台帳の行の書込み)."""

from collections.abc import Mapping, Sequence

from app.accounts.models import User
from app.core import clock
from app.core.text import search_key
from app.extensions import db
from app.registers.content import PLAIN_COLUMNS, EntryContent, content_of, texts_of
from app.registers.models import (
    ControlNumber,
    EntryAct,
    RegisterAlias,
    RegisterEntry,
    RegisterEntryVersion,
    RegisterLink,
)

# Id of the row that a word of the source means, by its search key.
LinkTargets = Mapping[str, int]


def new_entry(content: EntryContent) -> RegisterEntry:
    """Add the row of a content to the session (行の追加); `write_all` writes its other parts."""
    plain = {name: getattr(content, name) for name in PLAIN_COLUMNS}
    entry = RegisterEntry(register=content.register, number=content.number, **plain)
    db.session.add(entry)
    return entry


def write_all(pairs: Sequence[tuple[RegisterEntry, EntryContent]], linkable: LinkTargets) -> None:
    """Write the contents into their rows (書込み); a number may move from one row to another.

    The contents were checked before. What a row loses goes first: a 管理番号 is unique.
    """
    for entry, content in pairs:
        _drop_lost(entry, content)
    db.session.flush()
    for entry, content in pairs:
        for name in PLAIN_COLUMNS:
            setattr(entry, name, getattr(content, name))
        _write_aliases(entry, content)
        _write_numbers(entry, content)
        _write_links(entry, content, linkable)
    db.session.flush()


def keep_version(
    entry: RegisterEntry, act: EntryAct, *, actor: User | None = None, reason: str = ""
) -> None:
    """Keep the row as it stands now (版の記録); without an actor it was loaded."""
    db.session.add(
        RegisterEntryVersion(
            entry_id=entry.id,
            content_version=entry.content_version,
            act=act,
            changed_at=clock.now(),
            changed_by_id=actor.id if actor else None,
            reason=reason,
            content=texts_of(content_of(entry)),
        )
    )


def _drop_lost(entry: RegisterEntry, content: EntryContent) -> None:
    texts = {alias.text for alias in content.aliases}
    kept = {(content.year, number) for number in content.control_numbers}
    entry.aliases[:] = [row for row in entry.aliases if row.text in texts]
    entry.control_numbers[:] = [
        row for row in entry.control_numbers if (row.year, row.number) in kept
    ]


def _write_aliases(entry: RegisterEntry, content: EntryContent) -> None:
    rows = {row.text: row for row in entry.aliases}
    for alias in content.aliases:
        if alias.text not in rows:
            row = RegisterAlias(text=alias.text, kind=alias.kind, reason=alias.reason)
            entry.aliases.append(row)
        else:
            rows[alias.text].kind = alias.kind
            rows[alias.text].reason = alias.reason


def _write_numbers(entry: RegisterEntry, content: EntryContent) -> None:
    rows = {(row.year, row.number): row for row in entry.control_numbers}
    for position, number in enumerate(content.control_numbers, start=1):
        row = rows.get((content.year or 0, number))
        if row is None:
            entry.control_numbers.append(
                ControlNumber(year=content.year, number=number, position=position)
            )
        else:
            row.position = position
    entry.control_numbers.sort(key=lambda row: row.position)


def _write_links(entry: RegisterEntry, content: EntryContent, linkable: LinkTargets) -> None:
    rows = {row.linked_id: row for row in entry.links}
    wanted: list[RegisterLink] = []
    for position, name in enumerate(content.linked_names, start=1):
        linked_id = linkable[search_key(name)]
        row = rows.get(linked_id) or RegisterLink(linked_id=linked_id)
        row.printed_name, row.position = name, position
        wanted.append(row)
    entry.links[:] = wanted
