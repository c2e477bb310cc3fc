"""Filling the registers (台帳の登録)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.extensions import db
from app.registers.models import Register, RegisterEntry


@dataclass(frozen=True, kw_only=True)
class NewEntry:
    """A row of a register with the day its source speaks of (台帳の行)."""

    register: Register
    number: int
    title: str
    as_of: date
    detail: str = ""
    ministry_name: str = ""


def add_entries(entries: Iterable[NewEntry]) -> int:
    """Add the rows that are not there yet (台帳の登録); return how many are new."""
    known = {
        (register, number)
        for register, number in db.session.execute(
            select(RegisterEntry.register, RegisterEntry.number)
        )
    }
    new = [entry for entry in entries if (entry.register, entry.number) not in known]
    db.session.add_all(
        RegisterEntry(
            register=entry.register,
            number=entry.number,
            title=entry.title,
            detail=entry.detail,
            ministry_name=entry.ministry_name,
            as_of=entry.as_of,
        )
        for entry in new
    )
    db.session.flush()
    return len(new)
