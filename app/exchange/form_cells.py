"""Reading a filled official form (記入済みの様式): by its labels, never by fixed addresses."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from app.core.tabular.reading import CellValue, Sheet, TableFile, text_of
from app.exchange.columns import ExchangeColumn, header_key
from app.proposals.content.fields import VIEWPOINT_MARKS
from app.rounds.models import FieldKind, Round

FORM_SHEET = "提案様式"
FORM_NUMBER_LABEL = "様式番号"
LABEL_POSITION = 0
INPUT_POSITION = 1
MARKER_ROWS = 10
NOT_CHOSEN = frozenset({"", "×", "x", "-", "－", "0", "いいえ", "false"})

_NUMBER = re.compile(r"(?P<key>[^\s第]+)\s*第(?P<version>[0-9]+)版")


@dataclass(frozen=True)
class FormCell:
    """A cell of the form that is filled in (入力欄), from 0; `mark` for a viewpoint's box."""

    row: int
    position: int
    column: ExchangeColumn
    mark: str | None = None

    def marked(self, text: str) -> str:
        """The mark of the box when it is ticked, in whatever way (○ の読取り)."""
        folded = unicodedata.normalize("NFKC", text).strip().casefold()
        return "" if self.mark is None or folded in NOT_CHOSEN else self.mark


def form_number(round_: Round) -> str:
    """Words that tell one form from another (様式番号): round and version of the form."""
    return f"{round_.key} 第{round_.form_version}版"


def viewpoint_label(mark: str) -> str:
    """Label of the box of one viewpoint on the form (視点の欄)."""
    return f"視点{mark}"


def find_form(table: TableFile) -> tuple[Sheet, str] | None:
    """The sheet of the form and its number, None when the file is a table (様式かどうか)."""
    for sheet in table.sheets:
        for row in sheet.rows[:MARKER_ROWS]:
            for position, cell in enumerate(row[:-1]):
                if header_key(text_of(cell)) == header_key(FORM_NUMBER_LABEL):
                    return sheet, text_of(row[position + 1]).strip()
    return None


def form_problem(table: TableFile, round_: Round) -> str:
    """Why this form cannot be taken for the round, in words; empty when it can (様式の版)."""
    found = find_form(table)
    number = _NUMBER.fullmatch(found[1]) if found else None
    again = "この画面から様式をダウンロードし直して、写してください。"
    if number is None:
        return f"様式番号を読み取れません。{again}"
    if number["key"] != round_.key:
        return (
            f"募集回{number['key']}の様式です。選んだ募集回は{round_.label}（{round_.key}）です。"
            f"募集回を選び直すか、{again}"
        )
    if int(number["version"]) > round_.form_version:
        return f"様式番号を読み取れません。{again}"
    return ""


def form_cells(
    table: TableFile, columns: Sequence[ExchangeColumn]
) -> tuple[Sheet, list[FormCell], list[str]]:
    """The sheet, its input cells by the labels beside them, and filled labels that are unknown."""
    found = find_form(table)
    if found is None:
        raise LookupError("no form in the file")
    sheet = found[0]
    known = _known_labels(columns)
    cells: list[FormCell] = []
    unknown: list[str] = []
    for row_number, row in enumerate(sheet.rows):
        label = text_of(row[LABEL_POSITION]) if row else ""
        key = header_key(label)
        if key in known:
            column, mark = known[key]
            cells.append(FormCell(row_number, INPUT_POSITION, column, mark))
        elif key and _is_field_row(row) and key != header_key(FORM_NUMBER_LABEL):
            unknown.append(label.strip())
    return sheet, cells, unknown


def _known_labels(
    columns: Sequence[ExchangeColumn],
) -> dict[str, tuple[ExchangeColumn, str | None]]:
    known: dict[str, tuple[ExchangeColumn, str | None]] = {}
    for column in columns:
        if column.field is not None and column.field.kind is FieldKind.VIEWPOINTS:
            for mark in VIEWPOINT_MARKS.values():
                known[header_key(viewpoint_label(mark))] = (column, mark)
            continue
        for label in (*column.other_labels, column.label):
            known.setdefault(header_key(label), (column, None))
    return known


def _is_field_row(row: Sequence[CellValue]) -> bool:
    """Whether an unknown label has something typed beside it, and is marked as a field."""
    is_marked = "※" in text_of(row[LABEL_POSITION])
    return is_marked and len(row) > INPUT_POSITION and text_of(row[INPUT_POSITION]) != ""
