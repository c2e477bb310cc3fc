"""A document as PDF (文書のPDF): A4, tagged for screen readers, fonts embedded."""

from collections.abc import Sequence
from typing import Any

from app.core.document import (
    Block,
    Comparison,
    Document,
    Heading,
    Items,
    KeyValues,
    PageBreak,
    Paragraph,
    TableBlock,
)
from app.core.document.foot import AUTHOR, foot_of
from app.core.document.grid import Place, header_places, row_places
from app.core.documents import write_pdf

TEMPLATE = "document.typ"


def to_pdf(document: Document) -> bytes:
    """Return the document as PDF/UA-1; the same bytes from the same data (文書のPDF)."""
    return write_pdf(TEMPLATE, _data_of(document), made_at=document.made_at)


def _data_of(document: Document) -> dict[str, Any]:
    levels = _tagged_levels(document.blocks)
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "author": AUTHOR,
        "shows_title": document.shows_title,
        "is_landscape": document.is_landscape,
        "foot": foot_of(document),
        "blocks": [
            _block_of(block, level) for block, level in zip(document.blocks, levels, strict=True)
        ],
    }


def _tagged_levels(blocks: Sequence[Block]) -> list[int]:
    # A tagged document may skip no level (PDF/UA-1): the look stays, the tag moves up.
    levels = []
    deepest = 0
    for block in blocks:
        if isinstance(block, Heading):
            deepest = min(block.level, deepest + 1)
        levels.append(deepest)
    return levels


def _block_of(block: Block, level: int) -> dict[str, Any]:
    said: dict[str, Any]
    match block:
        case Heading():
            said = {"kind": "heading", "level": level, "look": block.level, "text": block.text}
        case Paragraph():
            said = {
                "kind": "paragraph",
                "lines": block.text.splitlines(),
                "align": block.align,
                "is_small": block.is_small,
                "is_bold": block.is_bold,
            }
        case Items():
            lines = [line.splitlines() for line in block.lines]
            said = {"kind": "items", "lines": lines, "is_numbered": block.is_numbered}
        case TableBlock():
            said = _table_of(block)
        case KeyValues():
            pairs = [[term.splitlines(), words.splitlines()] for term, words in block.pairs]
            said = {"kind": "pairs", "pairs": pairs}
        case Comparison():
            pieces = [
                {"change": piece.change, "lines": piece.text.split("\n")} for piece in block.pieces
            ]
            said = {"kind": "comparison", "pieces": pieces}
        case PageBreak():
            said = {"kind": "page-break"}
    return said


def _table_of(table: TableBlock) -> dict[str, Any]:
    return {
        "kind": "table",
        "caption": table.caption,
        "widths": list(table.widths),
        "header": [[_cell_of(place) for place in row] for row in header_places(table)],
        "rows": [[_cell_of(place) for place in row] for row in row_places(table)],
        "notes": [note.splitlines() for note in table.notes],
    }


def _cell_of(place: Place) -> dict[str, Any]:
    return {
        "lines": place.cell.text.splitlines(),
        "columns": place.cell.columns,
        "rows": place.cell.rows,
        "align": place.align,
        "shade": place.cell.shade,
        "is_bold": place.cell.is_bold,
        "may_break": place.may_break,
    }
