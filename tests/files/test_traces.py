"""What a file tells without showing it (見えない内容), by kind."""

from io import BytesIO

import pytest
from flask import Flask

from app.core.storage import store
from app.files.models import StoredFile
from app.files.traces import UNREADABLE, traces_of
from tests.files.documents import (
    WORD,
    docx,
    hidden_workbook,
    jpeg,
    object_stream,
    pdf,
    png,
    png_chunk,
    xlsx,
)

CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<dc:creator>{}</dc:creator></cp:coreProperties>"
)
CHANGED = (
    f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:del w:id="1"><w:r><w:delText>旧</w:delText>'
    "</w:r></w:del><w:r><w:rPr><w:vanish/></w:rPr><w:t>隠</w:t></w:r>"
    '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>見</w:t></w:r></w:p></w:body></w:document>'
)
REMARKS = f'<w:comments xmlns:w="{WORD}"/>'


def with_chunk(kind: bytes) -> bytes:
    whole = png()
    return whole[:-12] + png_chunk(kind, b"x") + whole[-12:]


FILES = {
    "xlsx": ("a.xlsx", xlsx(), set()),
    "hidden xlsx": (
        "a.xlsx",
        hidden_workbook(),
        {
            "隠しシート「原価」",
            "隠しシート「内訳」",
            "隠した行",
            "隠した列",
            "コメント",
            "プロパティに作成者などの名前",
        },
    ),
    "docx": ("a.docx", docx({"docProps/core.xml": CORE.format("")}), set()),
    "changed docx": (
        "A.DOCX",
        docx({"word/document.xml": CHANGED, "word/comments.xml": REMARKS}),
        {"変更履歴", "隠し文字", "コメント"},
    ),
    "named docx": (
        "a.docx",
        docx({"docProps/core.xml": CORE.format("甲乙")}),
        {"プロパティに作成者などの名前"},
    ),
    "pdf": ("a.pdf", pdf(b"<< /Author () >>"), set()),
    "named pdf": ("a.pdf", pdf(b"<< /Author (K) >>"), {"プロパティに作成者などの名前"}),
    "packed pdf": ("a.pdf", pdf(object_stream(b"<< /Subtype /Text >>")), {"注釈"}),
    "saved again pdf": ("a.pdf", pdf() + b"%%EOF\n", {"保存し直す前の内容"}),
    "jpeg": ("a.jpg", jpeg(), set()),
    "photo": ("a.jpeg", jpeg() + b"Exif\x00\x00", {"写真の撮影情報（場所・日時など）"}),
    "png": ("a.png", png(), set()),
    "told png": ("a.png", with_chunk(b"tEXt"), {"写真の撮影情報（場所・日時など）"}),
    "csv": ("a.csv", b"a,b\n", set()),
    "broken": ("a.xlsx", b"PK\x03\x04", {UNREADABLE}),
}


@pytest.mark.parametrize("kind", FILES)
def test_hidden_content_of_a_file_is_told(kind: str, app: Flask) -> None:
    name, content, wanted = FILES[kind]
    with app.app_context():
        sha256, size = store().put(BytesIO(content))

        told = traces_of(StoredFile(name=name, sha256=sha256, size_bytes=size))

    assert set(told) == wanted
    assert len(told) == len(wanted)
