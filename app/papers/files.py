"""A version of the paper as a file (会議資料のファイル): the same bytes whenever it is drawn."""

from enum import StrEnum
from urllib.parse import quote

from app.core.clock import to_jst
from app.core.document.pdf import to_pdf
from app.core.document.word import DOCX_TYPE, to_docx
from app.core.documents import PDF_TYPE
from app.core.errors import InvalidInput
from app.papers.drawing import document_of
from app.papers.models import Paper


class PaperFormat(StrEnum):
    """Form of the file (ファイルの形式)."""

    PDF = "pdf"
    DOCX = "docx"


CONTENT_TYPES = {PaperFormat.PDF: PDF_TYPE, PaperFormat.DOCX: DOCX_TYPE}


def paper_format(name: str) -> PaperFormat:
    """Read a form by its name. Raises InvalidInput that lists the known ones."""
    try:
        return PaperFormat(name)
    except ValueError:
        known = "、".join(PaperFormat)
        message = f"この形式では出力できません。{known} のいずれかを指定してください"
        raise InvalidInput({"format": [message]}, f"{message}。") from None


def paper_bytes(paper: Paper, previous: Paper | None, form: PaperFormat) -> bytes:
    """Draw a version (会議資料の出力)."""
    document = document_of(paper, previous)
    return to_pdf(document) if form is PaperFormat.PDF else to_docx(document)


def disposition_of(paper: Paper, form: PaperFormat) -> str:
    """Return the header that names the file (RFC 6266): ASCII, and UTF-8 for all of today."""
    day = f"{to_jst(paper.made_at):%Y%m%d}"
    ascii_name = f"{paper.round.key}_paper_{paper.number}_{day}.{form}"
    name = quote(f"{paper.round.key}_会議資料_第{paper.number}版_{day}.{form}")
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{name}"
