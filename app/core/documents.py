"""PDF documents (帳票): a typst template and data; the same bytes from the same data everywhere."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_jp
import typst

from app.core import clock
from app.core.typeface import drawable

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "documents"
PDF_TYPE = "application/pdf"


def write_pdf(template: str, data: Mapping[str, Any], *, made_at: datetime | None = None) -> bytes:
    """Return the PDF of a template (`receipt.typ`) filled with data (帳票の作成).

    The data reaches the template as JSON text and is never read as markup; what the typeface
    lacks is shown as 〓. The document is tagged
    for screen readers (PDF/UA-1). `made_at` stands in its properties; now, when none is given.
    """
    source = json.dumps(drawable(data), ensure_ascii=False)
    made: bytes = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        sys_inputs={"data": source},
        timestamp=int((made_at or clock.now()).timestamp()),
    )
    return made


@cache
def _fonts() -> typst.Fonts:
    # Read once a process: the font files are ten megabytes.
    return typst.Fonts(
        include_system_fonts=False, font_paths=[str(pylopdf_fonts_jp.sans_path().parent)]
    )
