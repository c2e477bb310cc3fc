"""Reports as files (報告の出力): content, type and name of each form."""

import json
import re
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import quote

from app.core.clock import to_jst
from app.core.document.word import DOCX_TYPE
from app.core.errors import InvalidInput
from app.core.tabular import XLSX_TYPE, Table, to_csv, to_xlsx
from app.core.tabular.model import plain_value
from app.reports import cp932
from app.reports.counting import BASIS_LABELS, Basis
from app.reports.docx import tables_docx
from app.reports.report import Report


class FileFormat(StrEnum):
    """Form of a file (出力形式)."""

    XLSX = "xlsx"
    DOCX = "docx"
    CSV = "csv"
    CSV_CP932 = "csv-cp932"
    JSON = "json"


CONTENT_TYPES = {
    FileFormat.XLSX: XLSX_TYPE,
    FileFormat.DOCX: DOCX_TYPE,
    FileFormat.CSV: "text/csv; charset=utf-8; header=present",
    FileFormat.CSV_CP932: "text/csv; charset=windows-31j; header=present",
    FileFormat.JSON: "application/json",
}
EXTENSIONS = {FileFormat.CSV_CP932: "csv"}
_NOT_IN_ASCII_NAME = re.compile(r"[^A-Za-z0-9_-]")
_NOT_IN_NAME = re.compile(r'[\x00-\x1f\x7f"*/:<>?\\|]')


class ReportFile(NamedTuple):
    """A file for download (出力ファイル): name for old programs, name as people read it."""

    content: bytes
    content_type: str
    ascii_name: str
    name: str

    @property
    def disposition(self) -> str:
        """The header that names the file (RFC 6266): ASCII, and UTF-8 for all of today."""
        return disposition_of(self.ascii_name, self.name)


def disposition_of(ascii_name: str, name: str) -> str:
    """The header that names a file (RFC 6266): `ascii_name` for old programs, `name` for people."""
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name)}"


def file_format(name: str) -> FileFormat:
    """Read a form by its name. Raises InvalidInput that lists the known ones."""
    try:
        return FileFormat(name)
    except ValueError:
        known = "、".join(FileFormat)
        raise InvalidInput(
            {"format": [f"この形式では出力できません。{known} のいずれかを指定してください"]}
        ) from None


def report_file(report: Report, form: FileFormat, *, produced_by: str) -> ReportFile:
    """Make the file of a report (出力). CP932 stands 〓 for what it cannot carry: ask before."""
    extension = EXTENSIONS.get(form, form.value)
    day = f"{report.counting.as_of or to_jst(report.counted_at).date():%Y%m%d}"
    # A table for programs has no room for notes: the name says what was counted.
    is_usual = report.counting.basis is Basis.RECEIVED
    basis = "" if is_usual else f"_{report.counting.basis}"
    label = "" if is_usual else f"（{BASIS_LABELS[report.counting.basis]}）"
    ascii_key = _NOT_IN_ASCII_NAME.sub("_", report.round.key)
    return ReportFile(
        content=report_bytes(report, form, produced_by=produced_by),
        content_type=CONTENT_TYPES[form],
        ascii_name=f"{ascii_key}_{report.name}{basis}_{day}.{extension}",
        name=_NOT_IN_NAME.sub("_", f"{report.round.key}_{report.title}{label}_{day}.{extension}"),
    )


def report_bytes(report: Report, form: FileFormat, *, produced_by: str) -> bytes:
    """Content of the file of a report in one form (出力の内容)."""
    if form is FileFormat.JSON:
        return report_json(report).encode()
    if form is FileFormat.XLSX:
        return to_xlsx(
            report.table,
            produced_at=report.counted_at,
            produced_by=produced_by,
            more=report.more_tables,
        )
    if form is FileFormat.DOCX:
        tables = (report.table, *report.more_tables)
        return tables_docx(tables, made_at=report.counted_at, made_by=produced_by)
    return _table_bytes(report.table, form, report.counted_at, produced_by)


def table_file(
    name: str, table: Table, form: FileFormat, *, counted_at: datetime, produced_by: str
) -> ReportFile:
    """Make the file of a report that is of no one round (出力): `name` for programs."""
    ending = f"{to_jst(counted_at).date():%Y%m%d}.{EXTENSIONS.get(form, form.value)}"
    if form is FileFormat.JSON:
        content = _table_json(name, table, counted_at).encode()
    else:
        content = _table_bytes(table, form, counted_at, produced_by)
    return ReportFile(
        content=content,
        content_type=CONTENT_TYPES[form],
        ascii_name=f"{name}_{ending}",
        name=_NOT_IN_NAME.sub("_", f"{table.title}_{ending}"),
    )


def _table_bytes(table: Table, form: FileFormat, counted_at: datetime, produced_by: str) -> bytes:
    if form is FileFormat.XLSX:
        return to_xlsx(table, produced_at=counted_at, produced_by=produced_by)
    if form is FileFormat.DOCX:
        return tables_docx((table,), made_at=counted_at, made_by=produced_by)
    if form is FileFormat.CSV:
        return to_csv(table, bom=True)
    return cp932.encode(to_csv(table, bom=False))


def _table_json(name: str, table: Table, counted_at: datetime) -> str:
    data = {
        "report": name,
        "title": table.title,
        "counted_at": plain_value(counted_at),
        "rows": _records(table),
        "notes": list(table.notes),
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def report_json(report: Report) -> str:
    """The report for programs (JSON): `rows` under English keys, `total` proposals, checks."""
    data = {
        "report": report.name,
        "round": report.round.key,
        "title": report.table.title,
        "counted_at": plain_value(report.counted_at),
        "basis": report.counting.basis.value,
        "as_of": report.counting.as_of_text or None,
        "rows": _records(report.records),
        "total": report.total,
        "checks": [{"words": check.words, "is_ok": check.is_ok} for check in report.checks],
        "notes": list(report.records.notes),
    }
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _records(table: Table) -> list[dict[str, object]]:
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, map(plain_value, table.cells(row)), strict=True)) for row in table.rows]
