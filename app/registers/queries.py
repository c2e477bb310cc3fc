"""Finding register entries (台帳の検索)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.core.errors import NotFound
from app.core.text import search_key
from app.extensions import db
from app.registers.models import (
    ControlNumber,
    Register,
    RegisterAlias,
    RegisterEntry,
    RegisterEntryVersion,
    RegisterLink,
)
from app.registers.structure import LINKED_REGISTER, has_field

ENTRY_NOT_FOUND = "この台帳にその番号の行はありません。台帳の一覧から選んでください。"


def entries_of(register: Register) -> Select[RegisterEntry]:
    """Rows of a register in its own order, retired ones too (台帳の一覧)."""
    return (
        select(RegisterEntry)
        .where(RegisterEntry.register == register)
        .order_by(RegisterEntry.number, RegisterEntry.id)
    )


def with_parts(statement: Select[RegisterEntry]) -> Select[RegisterEntry]:
    """Read aliases, numbers and links together with the rows (行の部分), one query each."""
    return statement.options(
        selectinload(RegisterEntry.aliases),
        selectinload(RegisterEntry.control_numbers),
        selectinload(RegisterEntry.links),
    )


def rows_of(register: Register) -> list[RegisterEntry]:
    """Rows of a register with all their parts, retired ones too (台帳の行)."""
    return list(db.session.scalars(with_parts(entries_of(register))))


def get_entry(register: Register, number: int) -> RegisterEntry:
    """The row of a register with this number (行). Raises NotFound."""
    statement = select(RegisterEntry).where(
        RegisterEntry.register == register, RegisterEntry.number == number
    )
    entry = db.session.scalars(with_parts(statement)).one_or_none()
    if entry is None:
        raise NotFound(ENTRY_NOT_FOUND)
    return entry


def versions_of(entry: RegisterEntry) -> list[RegisterEntryVersion]:
    """Versions of a row with who made them, newest first (行の履歴)."""
    statement = (
        select(RegisterEntryVersion)
        .where(RegisterEntryVersion.entry_id == entry.id)
        .options(joinedload(RegisterEntryVersion.changed_by))
        .order_by(RegisterEntryVersion.content_version.desc())
    )
    return list(db.session.scalars(statement))


def linking_entries(entry: RegisterEntry) -> list[RegisterEntry]:
    """Rows in use that are joined to this one (連携元), register by register."""
    statement = (
        select(RegisterEntry)
        .join(RegisterLink, RegisterLink.entry_id == RegisterEntry.id)
        .where(RegisterLink.linked_id == entry.id, RegisterEntry.retired_at.is_(None))
        .order_by(RegisterEntry.register, RegisterEntry.number)
    )
    return list(db.session.scalars(statement))


def link_targets() -> dict[str, int]:
    """Ids of the 20業務 by the search keys of their names (連携先); a title before an alias."""
    entries = list(db.session.scalars(entries_of(LINKED_REGISTER)))
    names = names_of(entries)
    found: dict[str, int] = {search_key(entry.title): entry.id for entry in entries}
    for entry in entries:
        for name in names[entry.id]:
            found.setdefault(search_key(name), entry.id)
    return found


def all_entries() -> list[RegisterEntry]:
    """Rows of all registers that may be cited anew, register by register (台帳の全行).

    Retired rows (廃止) are left out: they stand in old evidence only.
    """
    statement = (
        select(RegisterEntry)
        .where(RegisterEntry.retired_at.is_(None))
        .order_by(RegisterEntry.register, RegisterEntry.number)
    )
    return list(db.session.scalars(statement))


def are_citable(entry_ids: Sequence[int]) -> bool:
    """Whether all these rows are there and in use (引用できる行); retired ones are not."""
    statement = select(func.count()).where(
        RegisterEntry.id.in_(entry_ids), RegisterEntry.retired_at.is_(None)
    )
    return not entry_ids or db.session.scalar(statement) == len(set(entry_ids))


def names_of(entries: Sequence[RegisterEntry]) -> dict[int, list[str]]:
    """Names by the id of the row, the printed title first, then its aliases (別名); one query."""
    names = {entry.id: [entry.title] for entry in entries}
    rows = db.session.execute(
        select(RegisterAlias.entry_id, RegisterAlias.text)
        .where(RegisterAlias.entry_id.in_(names))
        .order_by(RegisterAlias.id)
    )
    for entry_id, text in rows:
        names[entry_id].append(text)
    return names


def count_by_register() -> dict[Register, int]:
    """Number of rows in use of each register, 0 for an empty one (台帳の件数)."""
    counted = db.session.execute(
        select(RegisterEntry.register, func.count())
        .where(RegisterEntry.retired_at.is_(None))
        .group_by(RegisterEntry.register)
    )
    return dict.fromkeys(Register, 0) | {row[0]: row[1] for row in counted}


def as_of_by_register() -> dict[Register, date]:
    """The newest day the rows of each register speak of (台帳の時点)."""
    found = db.session.execute(
        select(RegisterEntry.register, func.max(RegisterEntry.as_of))
        .where(RegisterEntry.retired_at.is_(None))
        .group_by(RegisterEntry.register)
    )
    return {row[0]: row[1] for row in found}


def sum_of(register: Register) -> int:
    """What the source sums up in a register, counted by the database (合計): see `printing`."""
    in_use = (RegisterEntry.register == register, RegisterEntry.retired_at.is_(None))
    if register is Register.BUNKEN:
        statement = select(func.count(ControlNumber.id)).join(
            RegisterEntry, RegisterEntry.id == ControlNumber.entry_id
        )
    elif has_field(register, "quantity"):
        statement = select(func.sum(RegisterEntry.quantity))
    else:
        statement = select(func.count(RegisterEntry.id))
    return db.session.scalar(statement.where(*in_use)) or 0
