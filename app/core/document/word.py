"""A document as docx (文書のWord形式): what an office opens, edits and passes on."""

import re
from dataclasses import fields, is_dataclass, replace
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document as WordFile
from docx.enum.text import WD_BREAK
from docx.oxml.ns import qn
from docx.shared import Pt

from app.core.difference import Change
from app.core.document import (
    Align,
    Block,
    Cell,
    Comparison,
    Document,
    Heading,
    Items,
    KeyValues,
    PageBreak,
    Paragraph,
    TableBlock,
)
from app.core.document.word_styles import set_page, set_properties, set_styles, text_width_mm
from app.core.document.word_tables import CELL_POINTS, SIDES, add_table

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# What XML cannot hold; line feeds and tabs can be.
_UNWRITABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Times inside the archive: without them the same data has the same bytes.
_ARCHIVE_TIME = (1980, 1, 1, 0, 0, 0)


def to_docx(document: Document) -> bytes:
    """Return the document as docx; the same bytes from the same data (文書のWord形式)."""
    document = _writable(document)
    word = docx.Document()
    set_styles(word)
    set_page(word, document)
    set_properties(word, document)
    if document.shows_title:
        word.add_paragraph(document.title, style="Title").alignment = SIDES[Align.CENTER]
        if document.subtitle:
            word.add_paragraph(document.subtitle).alignment = SIDES[Align.CENTER]
    for block in document.blocks:
        _add_block(word, block, text_width_mm(document))
    return _archive_of(word)


def _add_block(word: WordFile, block: Block, width_mm: float) -> None:
    match block:
        case Heading():
            word.add_heading(block.text, level=block.level)
        case Paragraph():
            _add_paragraph(word, block)
        case Items():
            _add_items(word, block)
        case TableBlock():
            _add_table(word, block, width_mm)
        case KeyValues():
            rows = [(Cell(text=term, is_bold=True), said) for term, said in block.pairs]
            _add_table(word, TableBlock(caption="", header=(), rows=rows, widths=(1, 3)), width_mm)
        case Comparison():
            _add_comparison(word, block)
        case PageBreak():
            word.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _add_paragraph(word: WordFile, block: Paragraph) -> None:
    paragraph = word.add_paragraph()
    paragraph.alignment = SIDES[block.align]
    run = paragraph.add_run(block.text)
    run.bold = block.is_bold or None
    if block.is_small:
        run.font.size = Pt(CELL_POINTS)


def _add_items(word: WordFile, block: Items) -> None:
    style = "List Number" if block.is_numbered else "List Bullet"
    number = _new_number(word) if block.is_numbered else None
    for line in block.lines:
        paragraph = word.add_paragraph(line, style=style)
        if number is not None:
            properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
            properties.get_or_add_numId().val = number
            properties.get_or_add_ilvl().val = 0


def _new_number(word: WordFile) -> int:
    # Without a number of its own a second list would go on counting where the first one ended.
    numbering = word.part.numbering_part.element
    style = word.styles["List Number"].element
    shared = style.find(f".//{qn('w:numId')}").val
    abstract = numbering.num_having_numId(shared).abstractNumId.val
    number = numbering.add_num(abstract)
    number.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(number.numId)


def _add_table(word: WordFile, block: TableBlock, width_mm: float) -> None:
    if block.caption:
        word.add_paragraph(block.caption, style="Caption")
    if block.header or block.rows:
        add_table(word, block, width_mm)
    # Two tables that touch would be joined into one.
    notes = word.add_paragraph("\n".join(block.notes))
    for run in notes.runs:
        run.font.size = Pt(CELL_POINTS)


def _add_comparison(word: WordFile, block: Comparison) -> None:
    paragraph = word.add_paragraph()
    for piece in block.pieces:
        run = paragraph.add_run(piece.text)
        run.underline = piece.change is Change.ADDED or None
        run.font.strike = piece.change is Change.REMOVED or None


def _writable(value: Any) -> Any:
    if isinstance(value, str) and type(value) is str:
        return _UNWRITABLE.sub("", value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(_writable, value))
    if isinstance(value, list | tuple):
        return tuple(map(_writable, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{each.name: _writable(getattr(value, each.name)) for each in fields(value)}
        )
    return value


def _archive_of(word: WordFile) -> bytes:
    saved, fixed = BytesIO(), BytesIO()
    word.save(saved)
    with ZipFile(saved) as source, ZipFile(fixed, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            entry = ZipInfo(name, date_time=_ARCHIVE_TIME)
            entry.compress_type = ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return fixed.getvalue()
