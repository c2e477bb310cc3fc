"""A table on a terminal (端末での表示)."""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime

from app.core.eras import format_date, format_datetime
from app.core.tabular.model import Column, Table

_GAP = "  "
_RULE = "-"
_RIGHT_ALIGNED = ("integer", "percent")


def to_text(table: Table) -> str:
    """The table for a terminal, Japanese letters two cells wide (端末表示). Wraps nothing.

    Title, header, rows, the total under a rule, notes. A line break or a control character in a
    cell becomes a blank, so that one row is one line and no cell can steer the terminal.
    """
    header = [_one_line(column.label) for column in table.columns]
    rows = [_shown_row(table.columns, table.cells(row)) for row in table.rows]
    total = [] if table.total is None else [_shown_row(table.columns, table.total_cells())]
    widths = [max(map(_width, cells)) for cells in zip(header, *rows, *total, strict=True)]
    rule = _GAP.join(_RULE * width for width in widths)
    lines = [_one_line(table.title), "", _line(table, header, widths), rule]
    lines += [_line(table, cells, widths) for cells in rows]
    for cells in total:
        lines += [rule, _line(table, cells, widths)]
    if table.notes:
        lines += ["", *map(_one_line, table.notes)]
    return "\n".join(lines) + "\n"


def _shown_row(columns: Sequence[Column], cells: Sequence[object]) -> list[str]:
    return [_shown(column, cell) for column, cell in zip(columns, cells, strict=True)]


def _shown(column: Column, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return format_datetime(value)
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, (int, float)) and column.kind == "integer":
        return f"{value:,}"
    if isinstance(value, (int, float)) and column.kind == "percent":
        return f"{value:.1%}"
    return _one_line(str(value))


def _line(table: Table, cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = []
    for column, cell, width in zip(table.columns, cells, widths, strict=True):
        blanks = " " * (width - _width(cell))
        padded.append(blanks + cell if column.kind in _RIGHT_ALIGNED else cell + blanks)
    return _GAP.join(padded).rstrip()


def _one_line(text: str) -> str:
    breaks = ("Cc", "Zl", "Zp")
    return "".join(" " if unicodedata.category(letter) in breaks else letter for letter in text)


def _width(text: str) -> int:
    return sum(map(_letter_width, text))


def _letter_width(letter: str) -> int:
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    # Letters of ambiguous width (①, Ⅰ) take one cell outside a Chinese or Japanese locale.
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1
