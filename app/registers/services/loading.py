"""Filling the registers from the files of this room (台帳の登録)."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import select

from app.audit.services import Subject, record
from app.extensions import db
from app.registers.content import EntryContent
from app.registers.load import read_entries
from app.registers.models import EntryAct, Register, RegisterEntry, RegisterEntryVersion
from app.registers.queries import link_targets, with_parts
from app.registers.services.writing import keep_version, new_entry, write_all
from app.registers.structure import LINKED_REGISTER


class Loaded(NamedTuple):
    """What a loading did (登録の結果): rows that are new, rows of an older form completed."""

    added: int
    completed: int


def load_registers() -> Loaded:
    """Bring the registers to what the files hold (台帳の登録); a second run changes nothing.

    Rows that somebody changed since are left alone. Recorded when anything was done.
    """
    loaded = add_entries(read_entries())
    if any(loaded):
        record(
            "register.load",
            Subject(type="register", id=None),
            actor=None,
            changes=dict(loaded._asdict()),
        )
    return loaded


def add_entries(contents: Iterable[EntryContent]) -> Loaded:
    """Add the rows that are not there yet, complete those of before the history (台帳の登録).

    A row without any version was stored when a row was a title and a text: it keeps its id and
    gets the columns of its source. Raises KeyError for a link to no row of the 20業務.
    """
    wanted = list(contents)
    known = _known({content.register for content in wanted})
    kept = set(db.session.scalars(select(RegisterEntryVersion.entry_id).distinct()))
    pairs: list[tuple[RegisterEntry, EntryContent]] = []
    added = 0
    for content in wanted:
        entry = known.get((content.register, content.number))
        if entry is None:
            pairs.append((new_entry(content), content))
            added += 1
        elif entry.id not in kept:
            pairs.append((entry, content))
    _write(pairs)
    return Loaded(added=added, completed=len(pairs) - added)


def _known(registers: set[Register]) -> dict[tuple[Register, int], RegisterEntry]:
    rows = db.session.scalars(
        with_parts(select(RegisterEntry).where(RegisterEntry.register.in_(registers)))
    )
    return {(row.register, row.number): row for row in rows}


def _write(pairs: list[tuple[RegisterEntry, EntryContent]]) -> None:
    # The rows that others link to come first, with the aliases by which they are found.
    first = [pair for pair in pairs if pair[1].register is LINKED_REGISTER]
    others = [pair for pair in pairs if pair[1].register is not LINKED_REGISTER]
    with db.session.no_autoflush:
        write_all(first, {})
        has_links = any(content.linked_names for _entry, content in others)
        write_all(others, link_targets() if has_links else {})
        for entry, _content in pairs:
            keep_version(entry, EntryAct.LOADED)
        db.session.flush()
