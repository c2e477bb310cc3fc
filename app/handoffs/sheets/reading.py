"""Reading a sheet of replies that came back (回答の表の読取り): nothing is judged here.

Validations, formats, locks and hidden columns may be lost on the way (無害化): the values alone
count, found by the labels of their columns.
"""

import io
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from app.core.tabular.data import without_guard
from app.core.tabular.reading import Sheet, read_table_file, refusal, text_of
from app.core.tabular.survey import a1_name
from app.core.text import normalize_input
from app.files.gate import check_content
from app.handoffs.sheets.columns import COLUMNS, ID, LABELS, NEEDED, SHEET

MOST_ROWS = 400
HEADER_SEARCHED_ROWS = 30
READ_ENDINGS = ("xlsx", "csv")
FORMULA = "数式が入っています。値に変えてから（コピーして「値の貼り付け」）送ってください"
FAULT_VALUE = "エラー値（#N/A など）です。正しい値に直してください"
GARBLED = "確かめた内容が届きませんでした。ファイルを選ぶところから、もう一度行ってください。"


@dataclass(frozen=True)
class Cell:
    """One cell (セル): its text, its name in the sheet, what makes it unreadable."""

    text: str
    place: str
    fault: str = ""


@dataclass(frozen=True)
class SheetRow:
    """One row of the sheet (表の行), as Excel counts it, with its cells by column."""

    number: int
    cells: Mapping[str, Cell]


def read_sheet(name: str, content: bytes) -> list[SheetRow]:
    """Read the rows of a sheet, xlsx or CSV (回答の表の読取り). Raises InvalidInput at `file`."""
    ending = name.rpartition(".")[2].lower()
    if ending in READ_ENDINGS:
        check_content(name, io.BytesIO(content), len(content))
    table = read_table_file(name, content)
    found = [(sheet, *header) for sheet in table.sheets if (header := _header_of(sheet))]
    if not found:
        raise refusal(
            f"{name}：回答の表の見出し（{LABELS[ID]}など）が見つかりません。"
            "「Excelで回答する」の画面で保存した表に書いて、送ってください。"
        )
    if len(found) > 1:
        raise refusal(
            f"{name}：回答の表が2つあります。シート「{SHEET}」だけを残して送ってください。"
        )
    sheet, head, places = found[0]
    missing = [LABELS[each] for each in NEEDED if each not in places]
    if missing:
        raise refusal(
            f"{name}：列「{'」「'.join(missing)}」がありません。列を消さずに送ってください。"
        )
    rows = [_row(sheet, number, places) for number in range(head + 1, len(sheet.rows))]
    filled = [row for row in rows if any(cell.text or cell.fault for cell in row.cells.values())]
    _check_count(name, len(filled))
    return filled


def _check_count(name: str, count: int) -> None:
    if count > MOST_ROWS:
        raise refusal(
            f"{name}：一度に送れるのは{MOST_ROWS:,}行までです（{count:,}行あります）。"
            "分けて送ってください。"
        )
    if not count:
        raise refusal(f"{name}：行がありません。回答を書いた表を送ってください。")


def as_text(rows: Sequence[SheetRow]) -> str:
    """Rows as the page of the check keeps them until they are saved (確かめた行)."""
    return json.dumps([asdict(row) for row in rows], ensure_ascii=False)


def from_text(text: str) -> list[SheetRow]:
    """Rows a page of the check kept (確かめた行). Raises InvalidInput for anything else."""
    try:
        rows = [
            SheetRow(
                int(row["number"]),
                {
                    name: Cell(
                        normalize_input(str(row["cells"][name]["text"])),
                        str(row["cells"][name]["place"])[:10],
                    )
                    for name in NEEDED
                },
            )
            for row in json.loads(text)
        ]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise refusal(GARBLED) from error
    if not 0 < len(rows) <= MOST_ROWS:
        raise refusal(GARBLED)
    return rows


def _header_of(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """Row of the header and the places of its columns (見出しの行), None where there is none."""
    labels = {_folded(column.label): column.name for column in COLUMNS}
    for number, row in enumerate(sheet.rows[:HEADER_SEARCHED_ROWS]):
        places: dict[str, int] = {}
        for position, value in enumerate(row):
            name = labels.get(_folded(text_of(value)))
            if name is not None:
                if name in places:
                    raise refusal(
                        f"見出し「{LABELS[name]}」が2つあります。加えた列を消して送ってください。"
                    )
                places[name] = position
        if ID in places and len(places) > 1:
            return number, places
    return None


def _row(sheet: Sheet, number: int, places: Mapping[str, int]) -> SheetRow:
    return SheetRow(
        number + 1, {name: _cell(sheet, number, position) for name, position in places.items()}
    )


def _cell(sheet: Sheet, row: int, position: int) -> Cell:
    values = sheet.rows[row]
    value = values[position] if position < len(values) else ""
    # A date typed into a cell of another format comes as one, with a time of day.
    text = value.date().isoformat() if isinstance(value, datetime) else text_of(value)
    text = normalize_input(without_guard(text) if sheet.is_guarded else text)
    if (row, position) in sheet.formulas:
        return Cell(text, a1_name(row, position), FORMULA)
    if (row, position) in sheet.faults:
        return Cell(text, a1_name(row, position), FAULT_VALUE)
    return Cell(text, a1_name(row, position))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
