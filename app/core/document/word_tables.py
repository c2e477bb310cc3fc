"""Tables of a docx (Word文書の表): merged cells, header rows on every page.

Written as XML rows: python-docx looks through the whole table for each cell it hands out, which
takes minutes for 478 rows.
"""

from collections.abc import Sequence
from typing import Any

from docx.document import Document as WordFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import _Cell

from app.core.document import Align, Shade, TableBlock
from app.core.document.grid import LONGEST_UNBROKEN, Place, header_places, row_places

TWIPS_A_MM = 56.7
CELL_POINTS = 9.0
SIDES = {
    Align.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Align.CENTER: WD_ALIGN_PARAGRAPH.CENTER,
    Align.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
}
_GROUNDS = {Shade.HEAD: "DEDEDE", Shade.LIGHT: "F2F2F2", Shade.DARK: "C8C8C8"}


def add_table(word: WordFile, block: TableBlock, width_mm: float) -> None:
    """Write a table without caption and notes (表)."""
    widths = _twips(block.widths, width_mm)
    table = word.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), widths, strict=True):
        column.set(qn("w:w"), str(width))
    _add_rows(table, header_places(block), widths, is_header=True)
    _add_rows(table, row_places(block), widths, is_header=False)


def _twips(shares: Sequence[float], width_mm: float) -> list[int]:
    return [round(width_mm * TWIPS_A_MM * share / sum(shares)) for share in shares]


def _add_rows(
    table: Any, rows: Sequence[Sequence[Place]], widths: Sequence[int], *, is_header: bool
) -> None:
    for number, row in enumerate(rows):
        # A cell that reaches down is told again, empty, in every row it reaches.
        above = [
            place
            for earlier in rows[:number]
            for place in earlier
            if place.row + place.cell.rows > number
        ]
        line = _element("w:tr")
        properties = _element("w:trPr")
        if is_header or not any(len(place.cell.text) > LONGEST_UNBROKEN for place in row):
            properties.append(_element("w:cantSplit"))
        if is_header:
            properties.append(_element("w:tblHeader"))
        line.append(properties)
        for place in sorted([*above, *row], key=lambda each: each.column):
            line.append(_cell(table, place, widths, is_new=place.row == number))
        table._tbl.append(line)


def _cell(table: Any, place: Place, widths: Sequence[int], *, is_new: bool) -> Any:
    cell = place.cell
    box = _element("w:tc")
    properties = _element("w:tcPr")
    width = sum(widths[place.column : place.column + cell.columns])
    properties.append(_element("w:tcW", w=str(width), type="dxa"))
    if cell.columns > 1:
        properties.append(_element("w:gridSpan", val=str(cell.columns)))
    if cell.rows > 1:
        properties.append(_element("w:vMerge", val="restart" if is_new else "continue"))
    if cell.shade in _GROUNDS:
        shade = _element("w:shd", val="clear", color="auto", fill=_GROUNDS[cell.shade])
        properties.append(shade)
    if cell.rows > 1:
        properties.append(_element("w:vAlign", val="center"))
    box.append(properties)
    box.append(_element("w:p"))
    paragraph = _Cell(box, table).paragraphs[0]
    paragraph.alignment = SIDES[place.align]
    paragraph.paragraph_format.space_after = Pt(0)
    if is_new and cell.text:
        run = paragraph.add_run(cell.text)
        run.font.size = Pt(CELL_POINTS)
        run.bold = cell.is_bold or None
    return box


def _element(tag: str, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element
