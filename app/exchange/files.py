"""Proposal files for download (提案ファイルの形式): xlsx, csv in two encodings, JSON Lines."""

import codecs
import io
import json
import re
import tempfile
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO, NamedTuple, cast

from app.core.clock import to_jst
from app.core.tabular import XLSX_TYPE, Table, csv_lines, write_xlsx
from app.core.tabular.model import plain_value
from app.reports import cp932
from app.reports.files import disposition_of
from app.rounds.models import Round

_NOT_IN_ASCII_NAME = re.compile(r"[^A-Za-z0-9_-]")
_NOT_IN_NAME = re.compile(r'[\x00-\x1f\x7f"*/:<>?\\|]')

MOST_IN_MEMORY = 1024 * 1024  # bytes


class ExportFormat(StrEnum):
    """Form of a proposal file (出力形式)."""

    XLSX = "xlsx"
    CSV = "csv"
    CSV_CP932 = "csv-cp932"
    JSON_LINES = "jsonl"


FORMAT_LABELS = {
    ExportFormat.XLSX: "Excel（xlsx）",
    ExportFormat.CSV: "CSV（UTF-8、BOM付き）",
    ExportFormat.CSV_CP932: "CSV（CP932・Shift_JIS）",
    ExportFormat.JSON_LINES: "JSON Lines（1行に1件）",
}
_CONTENT_TYPES = {
    ExportFormat.XLSX: XLSX_TYPE,
    ExportFormat.CSV: "text/csv; charset=utf-8; header=present",
    ExportFormat.CSV_CP932: "text/csv; charset=windows-31j; header=present",
    ExportFormat.JSON_LINES: "application/jsonl; charset=utf-8",
}
_ENDINGS = {ExportFormat.CSV_CP932: "csv"}


class ExportFile(NamedTuple):
    """A proposal file for download (提案ファイル): open at its beginning, gone when closed."""

    file: BinaryIO
    size: int
    content_type: str
    ascii_name: str
    name: str

    @property
    def disposition(self) -> str:
        """The header that names the file (RFC 6266)."""
        return disposition_of(self.ascii_name, self.name)


def export_file(
    round_: Round, table: Table, form: ExportFormat, *, produced_at: datetime, produced_by: str
) -> ExportFile:
    """Make the proposal file (提案ファイル). CP932 has 〓 for what it cannot carry: ask before.

    A small one stays in memory, a large one stands in a file without a name.
    """
    ending = _ENDINGS.get(form, form.value)
    day = f"{to_jst(produced_at):%Y%m%d}"
    practice = "練習_" if round_.is_practice else ""
    # Closed by whoever sends it; when that never happens, with the last one who holds it.
    file = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=MOST_IN_MEMORY))  # noqa: SIM115 - see above
    write_export(file, table, form, produced_at=produced_at, produced_by=produced_by)
    size = file.tell()
    file.seek(0)
    return ExportFile(
        file=file,
        size=size,
        content_type=_CONTENT_TYPES[form],
        ascii_name=f"{_NOT_IN_ASCII_NAME.sub('_', round_.key)}_proposals_{day}.{ending}",
        name=_NOT_IN_NAME.sub("_", f"{round_.key}_{practice}提案_{day}.{ending}"),
    )


def write_export(
    file: BinaryIO, table: Table, form: ExportFormat, *, produced_at: datetime, produced_by: str
) -> None:
    """Write the proposal file row by row (出力の内容). No form of it carries a formula."""
    if form is ExportFormat.XLSX:
        with tempfile.TemporaryDirectory() as folder:
            write_xlsx(file, table, produced_at=produced_at, produced_by=produced_by, folder=folder)
        file.seek(0, io.SEEK_END)
        return
    for part in _parts(table, form):
        file.write(part)


def _parts(table: Table, form: ExportFormat) -> Iterator[bytes]:
    if form is ExportFormat.JSON_LINES:
        yield from map(str.encode, _json_lines(table))
    elif form is ExportFormat.CSV_CP932:
        yield from map(cp932.encode, csv_lines(table))
    else:
        yield codecs.BOM_UTF8
        yield from map(str.encode, csv_lines(table))


def _json_lines(table: Table) -> Iterator[str]:
    """One object a row, under the names of the columns; a date that is not there is empty."""
    for row in table.rows:
        cells = {column.key: plain_value(row[column.key]) or "" for column in table.columns}
        yield f"{json.dumps(cells, ensure_ascii=False)}\n"
