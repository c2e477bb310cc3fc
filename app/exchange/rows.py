"""Rows of what was sent in (取込みの行): from tables and from filled forms alike."""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from app.core.errors import InvalidInput
from app.core.tabular.data import without_guard
from app.core.tabular.reading import (
    MAX_ROWS,
    TEXT_ENDINGS,
    XLSX,
    CellValue,
    Sheet,
    TableFile,
    read_table_file,
    refusal,
    text_of,
)
from app.core.tabular.survey import a1_name
from app.core.tabular.workbook import ABOUT_SHEET
from app.exchange.columns import ExchangeColumn, HeaderMatch, Key, columns_of, match_header
from app.exchange.form_cells import FormCell, find_form, form_cells, form_problem
from app.exchange.keys import DITTO, is_ditto
from app.files.gate import check_content
from app.rounds.models import FieldKind, Round

HEADER_SEARCHED_ROWS = 30
FEWEST_COLUMNS = 2
FORMULA = "数式が入っています。値に変えてから（コピーして「値の貼り付け」）取り込んでください"
FAULT_VALUE = "エラー値（#N/A など）です。正しい値に直してください"
TURNED_INTO_DATE = "日付に変わっています。セルの書式を「文字列」にして、書き直してください"
CODE_COLUMNS = (Key.RECEIPT_NUMBER, Key.ORGANIZATION_CODE, Key.PARTNER_CODES, Key.DRAFT_ID)


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent (送られたファイル)."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Digest of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Place:
    """Where a row stands (行の場所): file, sheet (empty for a CSV), row as Excel counts it."""

    file: str
    sheet: str
    row: int


@dataclass(frozen=True)
class Entry:
    """One cell that is read (読み取るセル): its text, its name, and what makes it unreadable."""

    text: str
    cell: str
    fault: str = ""


@dataclass(frozen=True)
class ImportRow:
    """One proposal to be (取込みの1行): entries by the names of the columns that are there."""

    place: Place
    entries: Mapping[str, Entry]

    def text(self, name: str) -> str:
        """Text of a column; empty when the column or its value is not there, or not readable."""
        entry = self.entries.get(name)
        return entry.text if entry is not None and not entry.fault else ""


@dataclass
class Upload:
    """All rows of all files of one import, and what is worth knowing of them (読取り結果)."""

    columns: Sequence[ExchangeColumn]
    rows: list[ImportRow] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    encodings: list[str] = field(default_factory=list)
    is_cp932: bool = False

    @property
    def encoding(self) -> str:
        """The encodings that were found, in words, file by file (文字コード)."""
        return "\n".join(self.encodings)


def read_upload(files: Sequence[SentFile], round_: Round) -> Upload:
    """Read every file of an import (ファイルの読取り). Raises InvalidInput for a bad one."""
    upload = Upload(columns_of(round_))
    problems: list[str] = []
    for sent in files:
        try:
            _read_file(upload, sent, round_)
        except InvalidInput as error:
            problems += [said for messages in error.errors.values() for said in messages]
    if len(upload.rows) > MAX_ROWS:
        problems.append(f"{MAX_ROWS:,}行を超えています。ファイルを分けて取り込んでください。")
    if problems:
        raise InvalidInput({"file": problems})
    return upload


def _read_file(upload: Upload, sent: SentFile, round_: Round) -> None:
    _pass_gate(sent)
    table = read_table_file(sent.name, sent.content)
    upload.encodings.append(f"{sent.name}：{table.encoding}")
    upload.is_cp932 = upload.is_cp932 or table.is_cp932
    if find_form(table) is not None:
        _read_form(upload, table, round_)
    else:
        _read_tables(upload, table)


def _pass_gate(sent: SentFile) -> None:
    """Let the gate look at a file before anything opens it (受入検査). Raises InvalidInput.

    What the reader does not open by its name anyway is left to the words of the reader.
    """
    ending = sent.name.rpartition(".")[2].lower()
    if ending == XLSX:
        name = sent.name
    elif ending in TEXT_ENDINGS:
        name = f"{sent.name}.csv"
    else:
        return
    try:
        check_content(name, io.BytesIO(sent.content), len(sent.content))
    except InvalidInput as error:
        said = "。".join(words.rstrip("。") for found in error.errors.values() for words in found)
        raise refusal(f"{sent.name}：{said}。") from error


# --- A filled form --------------------------------------------------------------------------------


def _read_form(upload: Upload, table: TableFile, round_: Round) -> None:
    problem = form_problem(table, round_)
    if problem:
        raise refusal(f"{table.name}：{problem}")
    sheet, cells, unknown = form_cells(table, upload.columns)
    cells = [cell for cell in cells if not cell.column.is_ignored]
    first = min((cell.row for cell in cells), default=0)
    entries: dict[str, Entry] = {}
    for cell in cells:
        entry = _entry(sheet, cell.row, cell.position, cell.column)
        entries[cell.column.name] = _joined(entries.get(cell.column.name), entry, cell)
    if not _has_content(entries):
        raise refusal(
            f"{table.name}：様式に何も入力されていません。入力して保存したファイルを選んでください。"
        )
    if unknown:
        raise refusal(
            f"{table.name}：この募集回の様式にない項目があります（{'、'.join(unknown)}）。"
        )
    upload.rows.append(ImportRow(Place(table.name, sheet.name, first + 1), entries))


def _joined(before: Entry | None, entry: Entry, cell: FormCell) -> Entry:
    """The boxes of the viewpoints stand in cells of their own and are one answer."""
    if cell.mark is None:
        return entry
    marked = Entry(cell.marked(entry.text), entry.cell, entry.fault)
    if before is None:
        return marked
    text = "、".join(part for part in (before.text, marked.text) if part)
    return Entry(text, before.cell, before.fault or marked.fault)


# --- Tables ---------------------------------------------------------------------------------------


def _read_tables(upload: Upload, table: TableFile) -> None:
    found = [(sheet, *_header_of(sheet, upload.columns)) for sheet in table.sheets]
    tables = [(sheet, row, match) for sheet, row, match in found if match is not None]
    if not tables:
        raise refusal(
            f"{table.name}：見出しの行が見つかりません。「提案概要」「求める措置」などの見出しを1行に並べるか、"
            "書き出した表か様式を使ってください。"
        )
    upload.notices += _notices(table, [sheet.name for sheet, _row, _match in tables])
    for sheet, header_row, match in tables:
        if match.doubled:
            raise refusal(f"{table.name}：同じ見出しが2つあります（{'、'.join(match.doubled)}）。")
        upload.notices += _header_notices(table.name, match)
        for number in range(header_row + 1, len(sheet.rows)):
            _read_row(upload, table.name, sheet, number, match)


def _header_of(sheet: Sheet, columns: Sequence[ExchangeColumn]) -> tuple[int, HeaderMatch | None]:
    """Row of the header below title rows (見出しの行): the one that names the most columns."""
    matches = [
        match_header([text_of(cell) for cell in row], columns)
        for row in sheet.rows[:HEADER_SEARCHED_ROWS]
    ]
    best = max(range(len(matches)), key=lambda row: len(matches[row].columns), default=0)
    if not matches or len(matches[best].columns) < FEWEST_COLUMNS:
        return 0, None
    return best, matches[best]


def _read_row(upload: Upload, file: str, sheet: Sheet, number: int, match: HeaderMatch) -> None:
    entries = {
        column.name: _entry(sheet, number, position, column)
        for position, column in match.columns.items()
        if not column.is_ignored
    }
    if _has_content(entries):
        upload.rows.append(ImportRow(Place(file, sheet.name, number + 1), entries))


def _has_content(entries: Mapping[str, Entry]) -> bool:
    """Whether the row says anything: a body's code alone is a line that was never filled."""
    without_body = (Key.ORGANIZATION_CODE, Key.ROUND)
    return any(
        entry.text or entry.fault for name, entry in entries.items() if name not in without_body
    )


def _notices(table: TableFile, read: Sequence[str]) -> list[str]:
    found = []
    # The sheet about a table is ours, and says nothing of a proposal.
    left = [sheet.name for sheet in table.sheets if sheet.name not in (*read, ABOUT_SHEET)]
    if left:
        found.append(f"{table.name}：見出しのないシートは読みません（{'、'.join(left)}）。")
    if table.skipped_sheets:
        hidden = "、".join(table.skipped_sheets)
        found.append(f"{table.name}：非表示のシートは読みません（{hidden}）。")
    return found


def _header_notices(file: str, match: HeaderMatch) -> list[str]:
    if not match.unknown:
        return []
    return [f"{file}：読み取らない列があります（{'、'.join(match.unknown)}）。"]


# --- Cells ----------------------------------------------------------------------------------------


def _entry(sheet: Sheet, row: int, position: int, column: ExchangeColumn) -> Entry:
    cells = sheet.rows[row] if row < len(sheet.rows) else ()
    value: CellValue = cells[position] if position < len(cells) else ""
    name = a1_name(row, position)
    text = text_of(value).strip()
    if (row, position) in sheet.formulas:
        return Entry(text, name, FORMULA)
    if (row, position) in sheet.faults:
        return Entry(text, name, FAULT_VALUE)
    if is_ditto(text):
        return Entry(text, name, DITTO)
    if isinstance(value, (date, datetime, time, timedelta)) and _is_code(column):
        return Entry(text, name, TURNED_INTO_DATE)
    # Only a CSV of ours carries the apostrophe; a workbook keeps it apart from the text.
    return Entry(without_guard(text) if sheet.is_guarded else text, name)


def _is_code(column: ExchangeColumn) -> bool:
    is_short = column.field is not None and column.field.kind is FieldKind.TEXT
    return column.name in CODE_COLUMNS or is_short
