"""Reports as Word documents (報告のdocx): each table with its notes, on lying pages."""

from collections.abc import Sequence
from datetime import date, datetime

from app.core.document import Align, Document, TableBlock
from app.core.document.word import to_docx
from app.core.eras import format_date, format_datetime
from app.core.tabular import Table
from app.core.tabular.model import Column


def tables_docx(tables: Sequence[Table], *, made_at: datetime, made_by: str) -> bytes:
    """Write tables, the first of which names the document, as docx (Word文書)."""
    return to_docx(
        Document(
            title=tables[0].title,
            blocks=[_block(table) for table in tables],
            made_at=made_at,
            made_by=made_by,
            is_landscape=True,
        )
    )


def _block(table: Table) -> TableBlock:
    rows = [table.cells(row) for row in table.rows]
    if table.total is not None:
        rows.append(table.total_cells())
    whole = sum(column.width for column in table.columns)
    return TableBlock(
        caption=table.title,
        header=[[column.label for column in table.columns]],
        rows=[
            [_words(cell, column) for cell, column in zip(row, table.columns, strict=True)]
            for row in rows
        ],
        widths=[column.width / whole for column in table.columns],
        aligns=[
            Align.RIGHT if column.kind in ("integer", "percent") else Align.LEFT
            for column in table.columns
        ],
        notes=table.notes,
    )


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
