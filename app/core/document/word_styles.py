"""Faces, language, page and properties of a docx (Word文書の体裁)."""

from typing import Any

from docx.document import Document as WordFile
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from app.core.document import Document
from app.core.document.foot import AUTHOR, LANGUAGE, foot_of

# 游ゴシック comes with Windows, macOS and every Word since 2016; Noto Sans JP, the face of the PDF,
# stands on hardly any office machine, and Word would put a Chinese face in its place.
FACE = "游ゴシック"
MARGIN_MM = 18
A4_MM = (210, 297)
_FACES = ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs")
_HEADING_POINTS = {"Title": 17, "Heading 1": 15, "Heading 2": 12, "Heading 3": 10.5}
BODY_POINTS = 10.5
_THUMBNAIL = "/thumbnail"


def text_width_mm(document: Document) -> int:
    """Return the width between the margins, in millimetres (本文の幅)."""
    return A4_MM[1 if document.is_landscape else 0] - 2 * MARGIN_MM


def set_styles(word: WordFile) -> None:
    """Give every style the Japanese face, black ink and the language (書体と言語)."""
    defaults = word.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    _set_face(defaults)
    for tag in list(defaults.findall(qn("w:lang"))):
        defaults.remove(tag)
    language = OxmlElement("w:lang")
    for name in ("w:val", "w:eastAsia"):
        language.set(qn(name), LANGUAGE)
    defaults.append(language)
    for style in word.styles:
        # A table's style has further ones, for its first row and column.
        for properties in style.element.iter(qn("w:rPr")):
            _set_face(properties)
    normal = word.styles["Normal"]
    normal.font.size = Pt(BODY_POINTS)
    # As close as the PDF: the template's own room between lines makes one page two.
    normal.paragraph_format.space_after = Pt(4)
    normal.paragraph_format.line_spacing = 1.15
    for name, points in _HEADING_POINTS.items():
        font = word.styles[name].font
        font.size, font.bold, font.color.rgb = Pt(points), True, RGBColor(0, 0, 0)
    caption = word.styles["Caption"]
    caption.font.size, caption.font.bold = Pt(BODY_POINTS), True
    caption.font.color.rgb = RGBColor(0, 0, 0)
    caption.paragraph_format.keep_with_next = True
    _unrule(word.styles["Title"].element)


def _set_face(properties: Any) -> None:
    # A theme's face would win over the one that is named: its attributes go.
    for face in list(properties.findall(qn("w:rFonts"))):
        properties.remove(face)
    faces = OxmlElement("w:rFonts")
    for name in _FACES:
        faces.set(qn(name), FACE)
    properties.insert(0, faces)


def _unrule(style: Any) -> None:
    # The template draws a blue line under a title.
    for border in list(style.iter(qn("w:pBdr"))):
        border.getparent().remove(border)


def set_page(word: WordFile, document: Document) -> None:
    """A4 upright or landscape, and the foot of every page (用紙と下欄)."""
    section = word.sections[0]
    width, height = A4_MM
    if document.is_landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        width, height = height, width
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = Mm(MARGIN_MM)
    section.top_margin, section.bottom_margin = Mm(MARGIN_MM), Mm(20)
    foot = section.footer.paragraphs[0]
    foot.paragraph_format.tab_stops.clear_all()
    foot.style.paragraph_format.tab_stops.clear_all()
    foot.paragraph_format.tab_stops.add_tab_stop(
        Mm(text_width_mm(document)), WD_TAB_ALIGNMENT.RIGHT
    )
    foot.add_run(f"{foot_of(document)}\t")
    _add_field(foot, "PAGE")
    foot.add_run(" / ")
    _add_field(foot, "NUMPAGES")
    for run in foot.runs:
        run.font.size = Pt(8)


def _add_field(paragraph: Any, name: str) -> None:
    for kind, text in (("begin", ""), ("", name), ("separate", ""), ("shown", "1"), ("end", "")):
        run = paragraph.add_run(text if kind == "shown" else "")
        if kind == "":
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {text} "
            run._r.append(instruction)
        elif kind != "shown":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def set_properties(word: WordFile, document: Document) -> None:
    """Title, office and moment; no person's name (文書のプロパティ)."""
    made = document.made_at.replace(tzinfo=None, microsecond=0)
    properties = word.core_properties
    properties.title = document.title
    properties.author = properties.last_modified_by = AUTHOR
    properties.language = LANGUAGE
    properties.comments = properties.subject = properties.keywords = properties.category = ""
    properties.created = properties.modified = made
    properties.revision = 1
    # The picture of an empty page that python-docx's template carries.
    relations = word.part.package.rels
    for key in [key for key, each in relations.items() if each.reltype.endswith(_THUMBNAIL)]:
        del relations[key]
