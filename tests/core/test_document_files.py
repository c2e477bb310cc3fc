"""A document as PDF and as docx (文書の出力): what it says stands in both."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from docx.oxml.ns import qn

from app.core import clock
from app.core.difference import difference
from app.core.document import (
    Align,
    Cell,
    Comparison,
    Document,
    Heading,
    Items,
    KeyValues,
    PageBreak,
    Paragraph,
    Shade,
    TableBlock,
)
from app.core.document.grid import row_places
from app.core.document.pdf import to_pdf
from app.core.document.word import to_docx

DOCUMENT = Document(
    title="試験の文書",
    subtitle="令和6年度",
    made_at=clock.jst(2024, 9, 1, 10),
    made_by="事務局",
    is_landscape=True,
    blocks=[
        # A level that is skipped, and a first heading below the first level.
        Heading(level=2, text="見出し二"),
        Heading(level=3, text="見出し三"),
        Paragraph(text="一行目\n*二行目* #x\x00", is_bold=True, align=Align.RIGHT),
        Paragraph(text=""),
        Items(lines=["一つ目"], is_numbered=True),
        Items(lines=["もう一つ"], is_numbered=True),
        KeyValues(pairs=[("項目", "内容")]),
        Comparison(pieces=difference("旧い文", "新しい文")),
        PageBreak(),
        TableBlock(
            caption="表の題",
            header=[["分類", Cell(text="件数", columns=2)]],
            rows=[
                [Cell(text="縦", rows=2, shade=Shade.DARK), "1", "2"],
                ["3", "4"],
                ["五", "絵文字😀"],
            ],
            widths=[1, 2, 1],
            aligns=[Align.LEFT, Align.RIGHT],
            notes=["注"],
        ),
    ],
)


def opened(document: Document = DOCUMENT) -> docx.document.Document:
    return docx.Document(BytesIO(to_docx(document)))


def test_pdf_is_tagged_and_the_same_each_time() -> None:
    made = to_pdf(DOCUMENT)

    assert made == to_pdf(DOCUMENT)
    # PDF/UA-1 in its metadata, and the tree of tags.
    assert b"pdfuaid" in made
    assert b"/StructTreeRoot" in made


@pytest.mark.parametrize("text", ["😀", "👨‍👩‍👧", "葛\U000e0100城市", "\ufffe\x07", "\t", "—"])
def test_letters_that_the_face_lacks_do_not_stop_a_pdf(text: str) -> None:
    document = replace(DOCUMENT, title=text, blocks=[Paragraph(text=text)])

    assert to_pdf(document).startswith(b"%PDF-")


def test_docx_holds_what_the_document_says() -> None:
    word = opened()

    texts = [paragraph.text for paragraph in word.paragraphs if paragraph.text.strip()]
    assert texts == [
        "試験の文書",
        "令和6年度",
        "見出し二",
        "見出し三",
        "一行目\n*二行目* #x",
        "一つ目",
        "もう一つ",
        "旧新しい文",
        "表の題",
        "注",
    ]
    assert word.tables[1].rows[0].cells[1].text == "件数"
    assert [cell.text for cell in word.tables[1].rows[2].cells] == ["縦", "3", "4"]
    assert [cell.text for cell in word.tables[1].rows[3].cells] == ["五", "絵文字😀", ""]


def test_docx_is_the_same_each_time_and_names_no_person() -> None:
    made = to_docx(DOCUMENT)

    assert made == to_docx(DOCUMENT)
    properties = opened().core_properties
    assert (properties.author, properties.last_modified_by) == ("事務局", "事務局")
    assert (properties.title, properties.language) == ("試験の文書", "ja-JP")
    with ZipFile(BytesIO(made)) as archive:
        assert [name for name in archive.namelist() if "vba" in name or "thumbnail" in name] == []


def test_docx_has_a_japanese_face_in_every_style() -> None:
    faces = {face.get(qn("w:eastAsia")) for face in opened().styles.element.iter(qn("w:rFonts"))}

    assert faces == {"游ゴシック"}


def test_docx_repeats_the_header_and_counts_pages() -> None:
    word = opened()

    rows = word.tables[1].rows
    repeated = [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in rows]
    assert repeated == [True, False, False, False]
    fields = [each.text for each in word.sections[0].footer._element.iter(qn("w:instrText"))]
    assert fields == [" PAGE ", " NUMPAGES "]
    assert "出力日時 2024年9月1日 10:00" in word.sections[0].footer.paragraphs[0].text


def test_each_numbered_list_begins_with_one() -> None:
    lists = [
        paragraph._p.pPr.numPr.numId.val
        for paragraph in opened().paragraphs
        if paragraph.style is not None and paragraph.style.name == "List Number"
    ]

    assert len(set(lists)) == 2


def test_cell_that_reaches_down_leaves_its_place_out_below() -> None:
    (table,) = [block for block in DOCUMENT.blocks if isinstance(block, TableBlock)]

    columns = [[place.column for place in row] for row in row_places(table)]

    # The last row is one cell short: it is filled.
    assert columns == [[0, 1, 2], [1, 2], [0, 1, 2]]
