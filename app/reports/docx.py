"""Reports as Word documents (報告のdocx): each table with its notes, on lying pages."""

from collections.abc import Sequence
from datetime import date, datetime

from app.core.document import Align, Document, TableBlock
from app.core.document.word import to_docx
from app.core.eras import format_date, format_datetime
from app.core.tabular import Table
from app.core.tabular.model import Column

NOTHING = "該当するものはありません。"
SHARE_OF_DAY = 0.15  # of the width of a lying page: 令和6年12月31日（火）


def tables_docx(tables: Sequence[Table], *, made_at: datetime, made_by: str) -> bytes:
    """Write tables, the first of which names the document, as docx (Word文書)."""
    return to_docx(
        Document(
            title=tables[0].title,
            blocks=[_block(table, is_first=table is tables[0]) for table in tables],
            made_at=made_at,
            made_by=made_by,
            is_landscape=True,
        )
    )


def _block(table: Table, *, is_first: bool) -> TableBlock:
    rows = [table.cells(row) for row in table.rows]
    if table.total is not None:
        rows.append(table.total_cells())
    return TableBlock(
        # The first one has the title of the document above it.
        caption="" if is_first else table.title,
        header=[[column.label for column in table.columns]],
        rows=[
            [_words(cell, column) for cell, column in zip(row, table.columns, strict=True)]
            for row in rows
        ],
        widths=_widths(table.columns),
        aligns=[
            Align.RIGHT if column.kind in ("integer", "percent") else Align.LEFT
            for column in table.columns
        ],
        notes=table.notes if rows else (NOTHING, *table.notes),
    )


def _widths(columns: Sequence[Column]) -> list[float]:
    """Shares of the page (列の幅): a day in words, with its weekday, stands on one line."""
    whole = sum(column.width for column in columns)
    days = [max(column.width / whole, SHARE_OF_DAY) for column in columns if column.kind == "date"]
    rest = sum(column.width for column in columns if column.kind != "date")
    if not rest or sum(days) >= 1:
        return [column.width / whole for column in columns]
    return [
        max(column.width / whole, SHARE_OF_DAY)
        if column.kind == "date"
        else column.width / rest * (1 - sum(days))
        for column in columns
    ]


def _words(cell: object, column: Column) -> str:
    """A cell as people read it (セルの言葉)."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return format_datetime(cell)
    if isinstance(cell, date):
        return format_date(cell)
    if column.kind == "percent" and isinstance(cell, (int, float)):
        return f"{cell:.1%}"
    if column.kind == "integer" and isinstance(cell, int):
        return f"{cell:,}"
    return str(cell)
