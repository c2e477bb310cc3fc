"""A table as data for other programs (データ出力): CSV and JSON. Neither carries a formula."""

import csv
import io
import json
from collections.abc import Iterator
from itertools import chain
from typing import Literal, overload

from app.core.tabular.model import Table, plain_value

# What a spreadsheet program takes for the beginning of a formula or a command, also in full width
# (CWE-1236, P35).
FORMULA_SIGNS = frozenset("=+-@\t\r\n\0＝＋－＠")
_GUARD = "'"


def starts_formula(text: str) -> bool:
    """Whether a spreadsheet program may take the text for a formula (数式とみなされる文字列)."""
    return text[:1] in FORMULA_SIGNS


@overload
def to_csv(table: Table, *, bom: Literal[True]) -> bytes: ...
@overload
def to_csv(table: Table, *, bom: Literal[False]) -> str: ...
@overload
def to_csv(table: Table, *, bom: bool) -> str | bytes: ...
def to_csv(table: Table, *, bom: bool) -> str | bytes:
    """The rows as CSV (RFC 4180, CRLF) under the Japanese labels; no total, no notes: data only.

    With `bom` the bytes of a file for Excel (UTF-8 with BOM), without it the text. A text that
    begins like a formula gets an apostrophe in front; numbers stay numbers, a percentage is its
    fraction, dates are ISO 8601.
    """
    text = "".join(csv_lines(table))
    return text.encode("utf-8-sig") if bom else text


def csv_lines(table: Table) -> Iterator[str]:
    """The same CSV row by row (CSV出力), header first, for a table too large to hold at once."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    labels: list[object] = [column.label for column in table.columns]
    for cells in chain([labels], map(table.cells, table.rows)):
        writer.writerow([_inert(plain_value(cell)) for cell in cells])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def to_json(table: Table) -> str:
    """The table as a JSON object (JSON出力): `title`, `rows`, `total` (or null), `notes`.

    Rows carry the keys of the columns; texts are as stored, dates ISO 8601, percentages fractions.
    """
    keys = [column.key for column in table.columns]
    total = table.total
    data = {
        "title": table.title,
        "rows": [
            dict(zip(keys, map(plain_value, table.cells(row)), strict=True)) for row in table.rows
        ],
        "total": None if total is None else {k: plain_value(v) for k, v in total.items()},
        "notes": list(table.notes),
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def without_guard(text: str) -> str:
    """The text without the apostrophe that a CSV of ours puts in front (先頭のアポストロフィ)."""
    is_guarded = text.startswith(_GUARD) and starts_formula(text.lstrip(_GUARD))
    return text[len(_GUARD) :] if is_guarded else text


def _inert(value: object) -> object:
    # A text that has apostrophes before its sign gets one more: taking one off gives it back.
    is_guarded = isinstance(value, str) and starts_formula(value.lstrip(_GUARD))
    return f"{_GUARD}{value}" if is_guarded else value
