"""Reading a file of one register (台帳のファイルの読取り): texts by column, faults by cell."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from app.core.tabular.data import without_guard
from app.core.tabular.reading import CellValue, Sheet, read_table_file, refusal, text_of
from app.core.tabular.survey import a1_name
from app.core.tabular.workbook import ABOUT_SHEET
from app.core.text import normalize_input, search_key
from app.registers.models import REGISTER_LABELS, Register
from app.registers.structure import NUMBER, TITLE, EntryField, columns_of

MAX_ROWS = 500
FORMULA = "数式が入っています。値に変えてから取り込んでください"
FAULT_VALUE = "エラー値（#N/A など）です。正しい値に直してください"


@dataclass(frozen=True)
class Fault:
    """What is wrong in a file (誤り): row as Excel counts, cell, label of the column, words."""

    row: int
    label: str
    words: str
    cell: str = ""


@dataclass(frozen=True)
class FileRow:
    """One row of a file (ファイルの行): the texts of the columns that the file has."""

    row: int
    texts: dict[str, str]


@dataclass
class RegisterFile:
    """Rows of a file, and what could not be read of it (読取り結果)."""

    rows: list[FileRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_file(register: Register, name: str, content: bytes) -> RegisterFile:
    """Read an xlsx or a CSV with the columns of the export (台帳の読取り).

    Columns may be left out: what they hold stays. Raises InvalidInput at `file` for a file that is
    no such table; faults of single cells come back with the rows.
    """
    table = read_table_file(name, content)
    sheets = [sheet for sheet in table.sheets if sheet.name != ABOUT_SHEET]
    if not sheets or not any(_is_filled(row) for row in sheets[0].rows):
        raise refusal(f"{name}：表がありません。台帳を出力したファイルを直して選んでください。")
    sheet = sheets[0]
    top = next(index for index, row in enumerate(sheet.rows) if _is_filled(row))
    columns = _columns(register, name, sheet.rows[top])
    found = RegisterFile()
    for index in range(top + 1, len(sheet.rows)):
        if _is_filled(sheet.rows[index]):
            found.rows.append(_read_row(found, sheet, index, columns))
    if len(found.rows) > MAX_ROWS:
        raise refusal(f"{name}：{MAX_ROWS}行を超えています。ファイルを分けてください。")
    if not found.rows:
        raise refusal(f"{name}：見出しの下に行がありません。")
    return found


def _columns(register: Register, name: str, header: Sequence[CellValue]) -> dict[int, EntryField]:
    known = {search_key(column.label): column for column in columns_of(register)}
    labels = [search_key(text_of(cell)) for cell in header]
    unknown = [text_of(cell) for cell, key in zip(header, labels, strict=True) if key not in known]
    unknown = [label for label in unknown if label.strip()]
    listed = "、".join(column.label for column in columns_of(register))
    if unknown:
        raise refusal(
            f"{name}：「{'」「'.join(unknown[:5])}」という列は{REGISTER_LABELS[register]}の台帳に"
            f"ありません。列は {listed} です。"
        )
    columns = {index: known[key] for index, key in enumerate(labels) if key in known}
    names = [column.name for column in columns.values()]
    if len(set(names)) < len(names):
        raise refusal(f"{name}：同じ見出しの列が2つあります。1つにしてください。")
    missing = [known_.label for known_ in known.values() if known_.name in (NUMBER.name, TITLE)]
    missing = [label for label in missing if known[search_key(label)].name not in names]
    if missing:
        raise refusal(f"{name}：見出しに「{'」「'.join(missing)}」の列がありません。")
    return columns


def _read_row(
    found: RegisterFile, sheet: Sheet, index: int, columns: dict[int, EntryField]
) -> FileRow:
    texts: dict[str, str] = {}
    cells = sheet.rows[index]
    for position, column in columns.items():
        problem = _problem(sheet, (index, position))
        if problem:
            found.faults.append(Fault(index + 1, column.label, problem, a1_name(index, position)))
        value = cells[position] if position < len(cells) else ""
        texts[column.name] = _cell_text(value, is_guarded=sheet.is_guarded)
    return FileRow(index + 1, texts)


def _problem(sheet: Sheet, place: tuple[int, int]) -> str:
    if place in sheet.formulas:
        return FORMULA
    return FAULT_VALUE if place in sheet.faults else ""


def _cell_text(value: CellValue, *, is_guarded: bool) -> str:
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    text = normalize_input(text_of(value))
    return without_guard(text) if is_guarded else text


def _is_filled(row: Sequence[CellValue]) -> bool:
    return any(text_of(cell).strip() for cell in row)
