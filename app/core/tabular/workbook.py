"""A table as a workbook (Excelファイル): a sheet of data for programs, and one about it."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

import xlsxwriter

from app.core.eras import format_datetime
from app.core.tabular.data import starts_formula
from app.core.tabular.model import Kind, Table, plain_value

DATA_SHEET = "データ"
ABOUT_SHEET = "説明"
TOTAL_LABEL = "合計"

_A4 = 9
_LONGEST_FOOTER = 120
_FIRST_YEAR_OF_EXCEL = 1900
_Formats = Mapping[str, Any]
_BODY = {"valign": "top", "text_wrap": True}
_FORMATS: Mapping[str, Mapping[str, object]] = {
    # "@" keeps leading zeros and what looks like a date; the quote prefix keeps a text a text even
    # after somebody has edited the cell.
    "text": {"num_format": "@", **_BODY},
    "guarded": {"num_format": "@", "quote_prefix": True, **_BODY},
    "number": {"valign": "top"},
    "integer": {"num_format": "#,##0", "valign": "top"},
    "percent": {"num_format": "0.0%", "valign": "top"},
    "date": {"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"},
    "header": {"num_format": "@", "bold": True, "border": 1, "bg_color": "#E8E8E8", **_BODY},
}

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def to_xlsx(
    table: Table, *, produced_at: datetime, produced_by: str, more: Sequence[Table] = ()
) -> bytes:
    """The table as an xlsx file (Excel出力): the sheet 「データ」 holds header and rows, no more.

    Each of `more` has a sheet of its own after that one, under its title.

    The sheet 「説明」 holds title, total, notes and when (`produced_at`, aware, shown in JST) and
    by whom it was made, as does the footer in print. No cell is a formula or a link, and the
    properties of the file name nobody (P35). A text longer than a cell can hold raises ValueError.
    """
    buffer = io.BytesIO()
    with new_workbook(buffer, title=table.title, produced_at=produced_at) as workbook:
        _fill(workbook, table, more, produced_at, produced_by)
    return buffer.getvalue()


def write_xlsx(
    file: BinaryIO, table: Table, *, produced_at: datetime, produced_by: str, folder: str
) -> None:
    """The same xlsx into a file (Excel出力), for a table too large to hold at once.

    Every row leaves the memory when it was written; `folder` holds the sheets until they are
    joined. Raises ValueError as `to_xlsx` does.
    """
    with new_workbook(file, title=table.title, produced_at=produced_at, folder=folder) as workbook:
        _fill(workbook, table, (), produced_at, produced_by)


def _fill(
    workbook: Any, table: Table, more: Sequence[Table], produced_at: datetime, produced_by: str
) -> None:
    formats = {name: workbook.add_format(dict(look)) for name, look in _FORMATS.items()}
    made = (f"出力日時 {format_datetime(produced_at)}", f"出力者 {produced_by}")
    for name, each in ((DATA_SHEET, table), *((each.title, each) for each in more)):
        data = workbook.add_worksheet(name)
        _write_rows(data, each, formats)
        _lay_out(data, each, made)
    _write_about(workbook.add_worksheet(ABOUT_SHEET), table, made, formats)


def new_workbook(buffer: BinaryIO, *, title: str, produced_at: datetime, folder: str = "") -> Any:
    """Begin an xlsx (新しいブック) in which no text becomes a formula or a link, for `with`.

    With a `folder` its sheets are written there, row by row, instead of being held in memory.
    """
    options: dict[str, object] = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    if folder:
        options |= {"in_memory": False, "constant_memory": True, "tmpdir": folder}
    workbook = xlsxwriter.Workbook(buffer, options)
    created = produced_at.astimezone(UTC).replace(tzinfo=None)
    workbook.set_properties({"title": title, "created": created})
    return workbook


def _write_rows(sheet: Any, table: Table, formats: _Formats) -> None:
    for position, column in enumerate(table.columns):
        sheet.set_column(position, position, column.width)
        _write(sheet, (0, position), column.label, formats["header"])
    for number, row in enumerate(table.rows, start=1):
        for position, cell in enumerate(table.cells(row)):
            _write_cell(sheet, (number, position), table.columns[position].kind, cell, formats)


def _write_about(sheet: Any, table: Table, made: Sequence[str], formats: _Formats) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    lines: list[tuple[str, Kind, object]] = [("表題", "text", table.title)]
    lines += [("出力", "text", said) for said in made]
    lines += [
        (f"{TOTAL_LABEL}：{column.label}", column.kind, cell)
        for column, cell in zip(table.columns, table.total_cells(), strict=True)
        if cell is not None
    ]
    lines += [("注記", "text", note) for note in table.notes]
    for number, (label, kind, cell) in enumerate(lines):
        _write_cell(sheet, (number, 0), "text", label, formats)
        _write_cell(sheet, (number, 1), kind, cell, formats)


def _write_cell(
    sheet: Any, place: tuple[int, int], kind: Kind, value: object, formats: _Formats
) -> None:
    _write(sheet, place, value, formats[_format_name(kind, value)])


def _format_name(kind: Kind, value: object) -> str:
    # A column of texts may hold a date or a number (項目 and 値): each keeps the look of its kind.
    if _is_excel_day(value):
        return "date"
    if isinstance(value, (int, float)):
        return "number" if kind == "text" else kind
    return "guarded" if isinstance(value, str) and starts_formula(value) else "text"


def _write(sheet: Any, place: tuple[int, int], value: object, look: Any) -> None:
    plain = plain_value(value)
    if _is_excel_day(value):
        sheet.write_datetime(*place, value, look)
    elif plain is None:
        sheet.write_blank(*place, None, look)
    elif isinstance(plain, str):
        if sheet.write_string(*place, plain, look) != 0:
            raise ValueError(f"the text does not fit into the cell {place}")
    else:
        sheet.write(*place, plain, look)


def _is_excel_day(value: object) -> bool:
    """Whether a date cell can hold it: it knows no zone, so no instants, and no day before 1900."""
    if isinstance(value, datetime) or not isinstance(value, date):
        return False
    return value.year >= _FIRST_YEAR_OF_EXCEL


def _lay_out(sheet: Any, table: Table, made: Sequence[str]) -> None:
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
    sheet.repeat_rows(0)
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&C{_footer_text(table.title)}")
    sheet.set_footer(f"&L{_footer_text('　'.join(made))}&R&P / &N")


def _footer_text(text: str) -> str:
    # "&" begins a command there, "&&" is the letter; Excel takes 255 letters in all.
    return text[:_LONGEST_FOOTER].replace("&", "&&")
