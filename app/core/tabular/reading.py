"""Tables that people send in (表の読取り): xlsx and CSV as rows of cells, with what was found out.

Values only: a formula is reported, never evaluated and never kept (P34).
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from app.core.errors import InvalidInput
from app.core.tabular.json_lines import rows_of_json_lines
from app.core.tabular.survey import SheetSurvey, SurveyRefusal, a1_name, survey_workbook

MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL_CHARACTERS = 32_767
MAX_CELLS = 1_000_000

XLSX = "xlsx"
TEXT_ENDINGS = ("csv", "tsv", "txt")
JSON_LINES = "jsonl"
OLD_ENDINGS = ("xls", "xlsb", "xlsm", "xltx", "xltm", "ods")
CP932 = "cp932"
# In this order: a mark at the beginning is a fact, and hardly any CP932 text is valid UTF-8.
BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8（BOM付き）"),
    (b"\xff\xfe", "utf-16", "UTF-16（BOM付き）"),
    (b"\xfe\xff", "utf-16", "UTF-16（BOM付き）"),
)
CP932_WORDS = "CP932（Shift_JIS）"
ENCODINGS = (("utf-8", "UTF-8"), (CP932, CP932_WORDS))
_ROWS_LOOKED_AT = 30

CellValue = str | int | float | bool | time | date | datetime | timedelta


@dataclass(frozen=True)
class Sheet:
    """One sheet (シート): its rows from the first one on, and the cells that hold a formula.

    `formulas` and `faults` (#REF! and the like) are (row, column) pairs, counted from 0. A CSV is
    one sheet without a name; it may carry apostrophes in front of texts (`is_guarded`).
    """

    name: str
    rows: Sequence[Sequence[CellValue]]
    formulas: frozenset[tuple[int, int]] = frozenset()
    faults: frozenset[tuple[int, int]] = frozenset()
    is_guarded: bool = False


@dataclass(frozen=True)
class TableFile:
    """A file that was read (読み取った表): sheets, and in words how its letters were encoded."""

    name: str
    sheets: Sequence[Sheet]
    encoding: str
    skipped_sheets: Sequence[str] = field(default=())

    @property
    def is_cp932(self) -> bool:
        """Whether its letters came through CP932, which cannot tell some apart (〜 and ～)."""
        return self.encoding == CP932_WORDS


def read_table_file(name: str, content: bytes) -> TableFile:
    """Read an xlsx or a CSV (comma or tab) within the limits (表の読取り).

    Raises InvalidInput at `file` with what is wrong, where, and what to do.
    """
    ending = name.rpartition(".")[2].lower()
    if ending == XLSX:
        return _read_workbook(name, content)
    if ending in TEXT_ENDINGS:
        return _read_text(name, content)
    if ending == JSON_LINES:
        return read_json_lines(name, content)
    if ending in OLD_ENDINGS:
        raise refusal(
            f"{name}：この形式（.{ending}）は読み取れません。"
            "Excelの「名前を付けて保存」で「Excelブック（*.xlsx）」を選んで保存し直してください。"
        )
    raise refusal(f"{name}：Excel（.xlsx）かCSV（.csv）を選んでください。")


def refusal(message: str) -> InvalidInput:
    """The refusal of a file in words (読取りの拒否), to be raised."""
    return InvalidInput({"file": [message]})


def read_json_lines(name: str, content: bytes) -> TableFile:
    """Read JSON Lines as a sheet whose header holds the keys (JSON Lines). Raises InvalidInput."""
    text, encoding = decode(name, content)
    try:
        rows = rows_of_json_lines(text)
    except ValueError as error:
        raise refusal(f"{name}：{error}行目をJSONのオブジェクトとして読み取れません。") from error
    return _checked(name, Sheet("", rows), encoding)


def text_of(value: CellValue | None) -> str:
    """The cell as text (セルの文字): whole numbers without a point, dates in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


# --- xlsx -----------------------------------------------------------------------------------------


def _read_workbook(name: str, content: bytes) -> TableFile:
    try:
        surveys = survey_workbook(
            content, max_rows=MAX_ROWS, max_columns=MAX_COLUMNS, max_cells=MAX_CELLS
        )
        return _workbook_values(name, content, surveys)
    except SurveyRefusal as error:
        raise refusal(f"{name}：{error}") from error
    except (CalamineError, ValueError, OSError) as error:
        raise refusal(
            f"{name}：Excelファイルとして読み取れません。Excelで開けるか確かめて、"
            "「Excelブック（*.xlsx）」として保存し直してください。"
        ) from error


def _workbook_values(name: str, content: bytes, surveys: Mapping[str, SheetSurvey]) -> TableFile:
    sheets: list[Sheet] = []
    skipped: list[str] = []
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        for about in book.sheets_metadata:
            if about.typ is not SheetTypeEnum.WorkSheet:
                continue
            if about.visible is not SheetVisibleEnum.Visible:
                skipped.append(about.name)
                continue
            rows = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
            found = surveys.get(about.name, SheetSurvey())
            _check_cells(name, about.name, rows)
            sheets.append(
                Sheet(about.name, rows, frozenset(found.formulas), frozenset(found.faults))
            )
    return TableFile(name, sheets, "Excel", tuple(skipped))


def _check_cells(file_name: str, sheet: str, rows: Sequence[Sequence[CellValue]]) -> None:
    for row_number, row in enumerate(rows):
        for column_number, value in enumerate(row):
            if isinstance(value, str) and len(value) > MAX_CELL_CHARACTERS:
                place = f"シート「{sheet}」の" if sheet else ""
                raise refusal(
                    f"{file_name}：{place}セル{a1_name(row_number, column_number)}の文字が"
                    f"{MAX_CELL_CHARACTERS:,}文字を超えています。短くしてください。"
                )


# --- CSV ------------------------------------------------------------------------------------------


def _read_text(name: str, content: bytes) -> TableFile:
    text, encoding = decode(name, content)
    if "\0" in text:
        raise refusal(f"{name}：文字でないデータが入っています。CSVファイルか確かめてください。")
    return _checked(name, Sheet("", _split(name, text), is_guarded=True), encoding)


def _checked(name: str, sheet: Sheet, encoding: str) -> TableFile:
    rows = sheet.rows
    if len(rows) > MAX_ROWS + _ROWS_LOOKED_AT:
        raise refusal(f"{name}：{MAX_ROWS:,}行を超えています。ファイルを分けてください。")
    widest = max(map(len, rows), default=0)
    if widest > MAX_COLUMNS:
        raise refusal(f"{name}：列が{MAX_COLUMNS}を超えています。要らない列を除いてください。")
    if sum(map(len, rows)) > MAX_CELLS:
        raise refusal(f"{name}：セルが{MAX_CELLS:,}個を超えています。ファイルを分けてください。")
    _check_cells(name, "", rows)
    return TableFile(name, [sheet], encoding)


def decode(name: str, content: bytes) -> tuple[str, str]:
    """The text and, in words, its encoding (文字コード): BOM, then UTF-8, then CP932, all strict.

    Raises InvalidInput for anything else.
    """
    marked = [row for row in BYTE_ORDER_MARKS if content.startswith(row[0])]
    candidates = [(marked[0][1], marked[0][2])] if marked else ENCODINGS
    for codec, words in candidates:
        try:
            return content.decode(codec), words
        except UnicodeDecodeError:
            continue
    raise refusal(
        f"{name}：文字コードを判別できません。UTF-8かCP932（Shift_JIS）で保存し直すか、"
        "Excel（.xlsx）で送ってください。"
    )


def _split(name: str, text: str) -> list[list[CellValue]]:
    """Rows of the text, split at commas or tabs: whichever makes the wider table."""
    found: list[list[list[CellValue]]] = []
    problem: csv.Error | None = None
    for delimiter in (",", "\t"):
        try:
            found.append(_parsed(text, delimiter))
        except csv.Error as error:
            problem = problem or error
    widest = max(found, key=_width, default=[])
    # A broken quote may hide all commas: what is left then is one column.
    if problem is not None and _width(widest) <= 1:
        raise refusal(
            f'{name}：引用符（"）が閉じていないか、途中にあります（{problem}）。'
            "Excelで保存し直してください。"
        )
    return widest


def _parsed(text: str, delimiter: str) -> list[list[CellValue]]:
    rows: list[list[CellValue]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            rows.append(list(row))
            if len(rows) > MAX_ROWS + _ROWS_LOOKED_AT:
                break
    except csv.Error as error:
        raise csv.Error(f"{reader.line_num}行目の付近") from error
    return rows


def _width(rows: Sequence[Sequence[CellValue]]) -> int:
    looked_at = rows[:_ROWS_LOOKED_AT]
    return max((sum(1 for cell in row if cell != "") for row in looked_at), default=0)
