"""The registers as they were printed, read from the files of this room (台帳の原本)."""

import csv
from datetime import date
from pathlib import Path

from app.registers.models import Register
from app.registers.services import NewEntry

DATA = Path(__file__).resolve().parent / "data"


def read_entries() -> list[NewEntry]:
    """Rows of all registers, register by register (台帳の全行).

    The wording is the printed one, misprints too (国民健康保健); the detail names its source.
    Raises ValueError for a day that is none.
    """
    return [entry for register in Register for entry in read_register(register)]


def read_register(register: Register) -> list[NewEntry]:
    """Rows of one register in the order of its file (台帳の行)."""
    path = DATA / f"{register.value}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [_entry(register, row) for row in csv.DictReader(file)]


def _entry(register: Register, row: dict[str, str]) -> NewEntry:
    return NewEntry(
        register=register,
        number=int(row["number"]),
        title=row["title"],
        detail=f"{row['detail']}（出典：{row['source']}）",
        ministry_name=row["ministry"],
        as_of=date.fromisoformat(row["as_of"]),
    )
