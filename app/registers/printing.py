"""A register as its source prints it (台帳の印刷の形): columns, groups, subtotals."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.text import search_key
from app.registers.models import Register, RegisterEntry
from app.registers.structure import has_field


@dataclass(frozen=True)
class PrintedColumn:
    """A column in print (印刷の列); `is_number` are figures."""

    name: str
    label: str
    is_number: bool = False


@dataclass(frozen=True)
class PrintedGroup:
    """Rows under one heading (区分); `subtotal` is none where the source counts nothing."""

    code: str
    label: str
    rows: tuple[RegisterEntry, ...]
    subtotal: int | None


@dataclass(frozen=True, kw_only=True)
class PrintedRegister:
    """A register in print (印刷の形): `total` of `total_label` in `unit`."""

    register: Register
    columns: tuple[PrintedColumn, ...]
    groups: tuple[PrintedGroup, ...]
    total: int
    total_label: str
    unit: str

    def words(self, number: int) -> str:
        """A sum in words (合計の言葉): 管理番号 16件, 手続数 478手続."""
        return f"{self.total_label} {number:,}{self.unit}"

    @property
    def rows(self) -> tuple[RegisterEntry, ...]:
        """All rows in the order of print (全行)."""
        return tuple(row for group in self.groups for row in group.rows)


_POLICY = PrintedColumn("response_policy", "対応方針")
_MINISTRY = PrintedColumn("ministry_name", "府省庁")
COLUMNS: dict[Register, tuple[PrintedColumn, ...]] = {
    Register.TYPES: (PrintedColumn("title", "概要"), _MINISTRY),
    Register.BUNKEN: (
        PrintedColumn("title", "分権提案"),
        PrintedColumn("existing_system", "共通システム"),
        PrintedColumn("control_numbers", "管理番号"),
        _POLICY,
    ),
    Register.CORE20: (PrintedColumn("title", "業務"), PrintedColumn("ministry_name", "制度所管")),
    Register.CLOSELY_RELATED: (
        PrintedColumn("title", "業務（システム）"),
        PrintedColumn("linked_names", "20業務との連携先"),
    ),
    Register.KEIYU_JIMU: (
        PrintedColumn("title", "種類"),
        PrintedColumn("quantity", "手続数", is_number=True),
        PrintedColumn("examples", "主な例"),
        _POLICY,
    ),
    Register.KEIYU_CHOSA: (
        PrintedColumn("title", "所管府省庁"),
        PrintedColumn("quantity", "経由調査数", is_number=True),
        PrintedColumn("examples", "具体例"),
    ),
    Register.COMMON_SYSTEM: (
        PrintedColumn("title", "共通システム"),
        PrintedColumn("detail", "内容"),
        _MINISTRY,
    ),
    Register.DPI: (PrintedColumn("title", "基盤"), PrintedColumn("detail", "内容"), _MINISTRY),
}
# What the source sums, in its words.
_TOTALS = {
    Register.BUNKEN: ("管理番号", "件"),
    Register.KEIYU_JIMU: ("手続数", "手続"),
    Register.KEIYU_CHOSA: ("経由調査数", "調査"),
}


def printed(register: Register, entries: Sequence[RegisterEntry]) -> PrintedRegister:
    """Lay rows out as the source prints them (印刷の形), in the order they have."""
    groups = tuple(
        PrintedGroup(code, label, rows, count_in(register, rows) if register in _TOTALS else None)
        for (code, label), rows in _grouped(register, entries)
    )
    label, unit = _TOTALS.get(register, ("行数", "行"))
    return PrintedRegister(
        register=register,
        columns=COLUMNS[register],
        groups=groups,
        total=count_in(register, entries),
        total_label=label,
        unit=unit,
    )


def count_in(register: Register, entries: Sequence[RegisterEntry]) -> int:
    """What the source counts in these rows (数): procedures, surveys, 管理番号, or the rows."""
    if has_field(register, "quantity"):
        return sum(entry.quantity or 0 for entry in entries)
    if register is Register.BUNKEN:
        return sum(len(entry.control_numbers) for entry in entries)
    return len(entries)


def matching(entries: Sequence[RegisterEntry], term: str) -> list[RegisterEntry]:
    """Rows in which every word of `term` stands (検索): in the print, an alias or a link."""
    words = search_key(term).split()
    return [entry for entry in entries if all(word in _searched(entry) for word in words)]


def _searched(entry: RegisterEntry) -> str:
    parts = [
        entry.printed_words,
        entry.group_label,
        entry.ministry_name,
        *(alias.text for alias in entry.aliases),
        *(link.printed_name for link in entry.links),
        *(f"<{row.number}>" for row in entry.control_numbers),
    ]
    return search_key(" ".join(parts))


def _grouped(
    register: Register, entries: Sequence[RegisterEntry]
) -> list[tuple[tuple[str, str], tuple[RegisterEntry, ...]]]:
    """Rows by their heading, headings in the order in which they come first (区分ごとの行)."""
    found: dict[tuple[str, str], list[RegisterEntry]] = {}
    for entry in entries:
        found.setdefault(_heading(register, entry), []).append(entry)
    return [(heading, tuple(rows)) for heading, rows in found.items()]


def _heading(register: Register, entry: RegisterEntry) -> tuple[str, str]:
    if has_field(register, "group_code"):
        return entry.group_code, entry.group_label
    return "", entry.field if has_field(register, "field") else ""
