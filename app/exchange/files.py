"""Proposal files for download (提案ファイルの形式): xlsx, csv in two encodings, JSON Lines."""

import json
import re
from datetime import datetime
from enum import StrEnum

from app.core.clock import to_jst
from app.core.errors import InvalidInput
from app.core.tabular import XLSX_TYPE, Table, to_csv, to_xlsx
from app.core.tabular.model import plain_value
from app.reports import cp932
from app.reports.files import ReportFile
from app.rounds.models import Round

_NOT_IN_ASCII_NAME = re.compile(r"[^A-Za-z0-9_-]")
_NOT_IN_NAME = re.compile(r'[\x00-\x1f\x7f"*/:<>?\\|]')


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


def export_format(name: str) -> ExportFormat:
    """Read a form by its name (出力形式). Raises InvalidInput that lists the known ones."""
    try:
        return ExportFormat(name)
    except ValueError:
        known = "、".join(ExportFormat)
        raise InvalidInput({"format": [f"出力形式は {known} から選んでください"]}) from None


def export_file(
    round_: Round, table: Table, form: ExportFormat, *, produced_at: datetime, produced_by: str
) -> ReportFile:
    """Make the proposal file (提案ファイル). CP932 has 〓 for what it cannot carry: ask before."""
    ending = _ENDINGS.get(form, form.value)
    day = f"{to_jst(produced_at):%Y%m%d}"
    practice = "練習_" if round_.is_practice else ""
    return ReportFile(
        content=export_bytes(table, form, produced_at=produced_at, produced_by=produced_by),
        content_type=_CONTENT_TYPES[form],
        ascii_name=f"{_NOT_IN_ASCII_NAME.sub('_', round_.key)}_proposals_{day}.{ending}",
        name=_NOT_IN_NAME.sub("_", f"{round_.key}_{practice}提案_{day}.{ending}"),
    )


def export_bytes(
    table: Table, form: ExportFormat, *, produced_at: datetime, produced_by: str
) -> bytes:
    """Content of the proposal file in one form (出力の内容). None of them carries a formula."""
    if form is ExportFormat.XLSX:
        return to_xlsx(table, produced_at=produced_at, produced_by=produced_by)
    if form is ExportFormat.CSV:
        return to_csv(table, bom=True)
    if form is ExportFormat.CSV_CP932:
        return cp932.encode(to_csv(table, bom=False))
    return _json_lines(table).encode()


def _json_lines(table: Table) -> str:
    """One object a row, under the names of the columns; a date that is not there is empty."""
    rows = (
        {column.key: plain_value(row[column.key]) or "" for column in table.columns}
        for row in table.rows
    )
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
