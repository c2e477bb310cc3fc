"""The cover letter to one destination (事務連絡): as data, and as a document."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from app.core.document import Align, Block, Document, Heading, PageBreak, Paragraph, TableBlock
from app.core.eras import format_date
from app.core.tabular.model import Column, Table

TITLE = "事務連絡"
DRAFT_MARK = "【案】"
ANNEX = "別紙"
_WIDTHS = (0.13, 0.3, 0.15, 0.17, 0.08, 0.17)
COLUMNS = (
    Column("receipt_number", "受付番号", width=12),
    Column("title", "提案概要", width=50),
    Column("body", "提案団体", width=20),
    Column("category", "分類", width=30),
    Column("part", "立場", width=8),
    Column("due", "回答期限", width=24),
)


@dataclass(frozen=True, kw_only=True)
class LetterRow:
    """A case in the annex of a letter (別紙の1行)."""

    receipt_number: str
    title: str
    body: str
    category: str
    part: str
    due: str


@dataclass(frozen=True, kw_only=True)
class CoverLetter:
    """What the letter to one destination says (事務連絡); `dated_on` is the day of sending."""

    number: str
    dated_on: date
    addressee: str
    sender: str
    contact: str
    subject: str
    text: str
    rows: Sequence[LetterRow]

    def as_json(self) -> dict[str, Any]:
        """The letter as it is stored when it is sent."""
        return {**asdict(self), "dated_on": self.dated_on.isoformat()}


def letter_of(content: Mapping[str, Any]) -> CoverLetter:
    """Return a stored letter (送付した事務連絡)."""
    rows = tuple(LetterRow(**row) for row in content["rows"])
    dated_on = date.fromisoformat(content["dated_on"])
    return CoverLetter(**{**content, "rows": rows, "dated_on": dated_on})


def letter_document(letter: CoverLetter, *, made_at: datetime, is_draft: bool) -> Document:
    """The letter with its annex as a document (事務連絡の文書); a draft says so (案)."""
    mark = DRAFT_MARK if is_draft else ""
    return Document(
        title=f"{mark}{letter.subject}",
        blocks=[*_letter_blocks(letter, mark), PageBreak(), *_annex_blocks(letter, mark)],
        made_at=made_at,
        made_by=letter.sender,
        shows_title=False,
    )


def _letter_blocks(letter: CoverLetter, mark: str) -> list[Block]:
    numbered = [Paragraph(text=letter.number, align=Align.RIGHT)] if letter.number else []
    return [
        Paragraph(text=f"{TITLE}{mark}", align=Align.RIGHT),
        *numbered,
        Paragraph(text=format_date(letter.dated_on), align=Align.RIGHT),
        Paragraph(text=f"{letter.addressee}　御中"),
        Paragraph(text=letter.sender, align=Align.RIGHT),
        Heading(level=1, text=letter.subject),
        Paragraph(text=letter.text),
        Paragraph(text="記", align=Align.CENTER),
        Paragraph(text=f"1　送付する提案　{len(letter.rows)}件（{ANNEX}のとおり）"),
        Paragraph(text=f"2　問い合わせ先　{letter.contact}"),
        Paragraph(text="以上", align=Align.RIGHT),
    ]


def _annex_blocks(letter: CoverLetter, mark: str) -> list[Block]:
    return [
        Heading(level=2, text=f"{ANNEX}　送付する提案{mark}"),
        TableBlock(
            caption=f"{letter.addressee}に送付する提案（{len(letter.rows)}件）",
            header=[[column.label for column in COLUMNS]],
            rows=[list(asdict(row).values()) for row in letter.rows],
            widths=_WIDTHS,
        ),
    ]


def letter_table(title: str, letters: Sequence[CoverLetter], *, is_draft: bool) -> Table:
    """Every line of all annexes as one table (送付の一覧), with the destination in front."""
    rows = [
        {"destination": letter.addressee, **asdict(row)}
        for letter in letters
        for row in letter.rows
    ]
    return Table(
        title=title,
        columns=(Column("destination", "宛先", width=24), *COLUMNS),
        rows=rows,
        notes=("送付前の案です。",) if is_draft else (),
    )
