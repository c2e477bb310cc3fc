"""The registers as they were printed, read from the files of this room (台帳の原本).

The wording is the printed one, misprints too (国民健康保健); `aliases.csv` says what is meant.
"""

import csv
from dataclasses import replace
from pathlib import Path

from app.registers.content import Alias, EntryContent, read_content
from app.registers.models import AliasKind, Register

DATA = Path(__file__).resolve().parent / "data"
Aliases = dict[tuple[str, int], tuple[Alias, ...]]


def read_entries() -> list[EntryContent]:
    """Rows of all registers, register by register (台帳の全行).

    Raises InvalidInput for a row that no register takes.
    """
    aliases = _read_aliases()
    return [entry for register in Register for entry in _read_register(register, aliases)]


def read_register(register: Register) -> list[EntryContent]:
    """Rows of one register in the order of its file (台帳の行). Raises InvalidInput."""
    return _read_register(register, _read_aliases())


def _read_register(register: Register, aliases: Aliases) -> list[EntryContent]:
    rows = [read_content(register, row) for row in _rows(register.value)]
    return [replace(row, aliases=aliases.get((register.value, row.number), ())) for row in rows]


def _read_aliases() -> Aliases:
    found: Aliases = {}
    for row in _rows("aliases"):
        alias = Alias(text=row["text"], kind=AliasKind(row["kind"]), reason=row["reason"])
        key = (row["register"], int(row["number"]))
        found[key] = (*found.get(key, ()), alias)
    return found


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
