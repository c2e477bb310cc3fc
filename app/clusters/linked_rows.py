"""Rows of the registers a cluster is about (20業務・密接関連): by duty, not by name."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.clusters.models import SystemReading
from app.clusters.vocabulary import duty_words, fold_in_place
from app.registers.models import REGISTER_LABELS, Register, RegisterEntry
from app.registers.queries import all_entries, names_of

DUTY_REGISTERS = (Register.CORE20, Register.CLOSELY_RELATED)


class LinkedRow(NamedTuple):
    """A row of a register (台帳の行), and in how many cases its duty is the main one."""

    register: Register
    register_label: str
    number: int
    title: str
    cases: int
    is_main: bool


class DutyRows:
    """Rows of the registers by duty (業務ごとの行); read once for a page."""

    def __init__(self) -> None:
        entries = [row for row in all_entries() if row.register in DUTY_REGISTERS]
        names = names_of(entries)
        self._rows: dict[str, list[RegisterEntry]] = {}
        for entry in entries:
            for duty in _duties_of(names[entry.id]):
                self._rows.setdefault(duty, []).append(entry)

    def of(self, readings: Sequence[SystemReading]) -> list[LinkedRow]:
        """Rows the cases are about, and rows they link to (連携先), the most frequent first."""
        main, linked = self._counted(readings, is_main=True), self._counted(readings, is_main=False)
        found = [_row(entry, count, is_main=True) for entry, count in main.values()]
        found += [
            _row(entry, count, is_main=False)
            for key, (entry, count) in linked.items()
            if key not in main and entry.register is Register.CORE20
        ]
        return sorted(found, key=lambda row: (not row.is_main, -row.cases, row.number))

    def _counted(
        self, readings: Sequence[SystemReading], *, is_main: bool
    ) -> dict[int, tuple[RegisterEntry, int]]:
        counted: dict[int, tuple[RegisterEntry, int]] = {}
        for reading in readings:
            duties = [row["duty"] for row in reading.duties if row["is_main"] == is_main]
            entries = {entry.id: entry for duty in duties for entry in self._rows.get(duty, [])}
            for key, entry in entries.items():
                counted[key] = (entry, counted.get(key, (entry, 0))[1] + 1)
        return counted


def _duties_of(names: Iterable[str]) -> set[str]:
    return {word.meaning for name in names for word in duty_words().find(fold_in_place(name))}


def _row(entry: RegisterEntry, cases: int, *, is_main: bool) -> LinkedRow:
    label = REGISTER_LABELS[entry.register]
    return LinkedRow(entry.register, label, entry.number, entry.title, cases, is_main)
