"""A table (表) and its columns, before it takes any outer form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from app.core.clock import to_jst

Kind = Literal["text", "integer", "date", "percent"]


@dataclass(frozen=True)
class Column:
    """One column (列): the key of its cells, its Japanese label, what it holds.

    `percent` cells are fractions (0.25 is 25%); `date` cells are dates, or aware instants.
    `width` is the width in a workbook, in half-width characters.
    """

    key: str
    label: str
    kind: Kind = "text"
    width: int = 16


@dataclass(frozen=True)
class Table:
    """A titled table (表). `rows` and `total` map the keys of the columns to cells.

    Every row has every key, None where there is nothing; the total row (合計) has only those that
    it needs. `notes` (注記) are sentences under the table.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, object]]
    total: Mapping[str, object] | None = None
    notes: tuple[str, ...] = ()

    def cells(self, row: Mapping[str, object]) -> list[object]:
        """The cells of a row in the order of the columns; a missing key raises KeyError."""
        return [row[column.key] for column in self.columns]

    def total_cells(self) -> list[object]:
        """The cells of the total row in the order of the columns, None where it has none."""
        return [(self.total or {}).get(column.key) for column in self.columns]


def plain_value(value: object) -> str | int | float | bool | None:
    """The cell as a machine reads it: dates in ISO 8601 (instants in JST), numbers as numbers."""
    if isinstance(value, datetime):
        return to_jst(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, float)):
        return value
    return str(value)
