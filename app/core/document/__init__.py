"""A document as data (文書): written once, drawn as PDF (`pdf.py`) and as docx (`word.py`).

Texts are plain; nothing in them is read as markup. Widths are shares of the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.core.difference import Piece


class Align(StrEnum):
    """Where a text stands in its line or cell (配置)."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Shade(StrEnum):
    """Ground of a cell (網掛け): told by a word in the cell, too, never by colour alone."""

    NONE = "none"
    HEAD = "head"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading (見出し), level 1 to 3."""

    level: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A paragraph (段落); line breaks of the text are kept."""

    text: str
    align: Align = Align.LEFT
    is_small: bool = False
    is_bold: bool = False


@dataclass(frozen=True, kw_only=True)
class Items:
    """A list (箇条書き), numbered or with points."""

    lines: Sequence[str]
    is_numbered: bool = False


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A cell that is more than a text (表のセル): `columns` and `rows` it covers."""

    text: str
    columns: int = 1
    rows: int = 1
    align: Align | None = None
    shade: Shade = Shade.NONE
    is_bold: bool = False


@dataclass(frozen=True, kw_only=True)
class TableBlock:
    """A table (表) with its caption; the header row is repeated on each page.

    `header` may have several rows. A row that a cell above reaches into leaves that place out.
    """

    caption: str
    header: Sequence[Sequence[str | Cell]]
    rows: Sequence[Sequence[str | Cell]]
    widths: Sequence[float]
    aligns: Sequence[Align] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class KeyValues:
    """Terms and what is said to each (項目と内容)."""

    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What changed between two texts (新旧の差分): underlined is new, struck out is old."""

    pieces: Sequence[Piece]


@dataclass(frozen=True, kw_only=True)
class PageBreak:
    """What follows begins on a new page (改ページ)."""


Block = Heading | Paragraph | Items | TableBlock | KeyValues | Comparison | PageBreak


@dataclass(frozen=True, kw_only=True)
class Document:
    """A document (文書): title, what it says, and what stands at the foot of each page.

    `made_at` and `made_by` stand in the footer beside the page number (出力日時・出力者).
    """

    title: str
    blocks: Sequence[Block]
    made_at: datetime
    made_by: str = ""
    subtitle: str = ""
    is_landscape: bool = False
    # A letter begins without a title page line: number, date, addressee are its first blocks.
    shows_title: bool = True
