"""Documents in LibreOffice (文書と LibreOffice): a docx of ours opens without repair."""

from pathlib import Path

from app.core.document.word import to_docx
from app.core.unit_of_work import unit_of_work
from app.papers.drawing import document_of
from app.papers.queries import get_paper
from app.papers.services import MakePaper, make_paper
from app.registers.services import load_registers
from tests.core.test_document_files import DOCUMENT
from tests.factories import World
from tests.office.conftest import Convert

TEXT = "txt:Text (encoded):UTF8"


def test_docx_opens_with_all_its_words(convert: Convert, tmp_path: Path) -> None:
    path = tmp_path / "document.docx"
    path.write_bytes(to_docx(DOCUMENT))

    read = convert(path, TEXT).read_text(encoding="utf-8-sig")

    words = [line.strip() for line in read.splitlines() if line.strip()]
    assert words[:4] == ["試験の文書", "令和6年度", "見出し二", "見出し三"]
    assert words[-1] == "注"


def test_meeting_paper_opens_as_docx_and_becomes_a_pdf(
    world: World, convert: Convert, tmp_path: Path
) -> None:
    with unit_of_work():
        load_registers()
        make_paper(MakePaper(round=world.round, reason="連絡協議会"), actor=None)
    path = tmp_path / "paper.docx"
    path.write_bytes(to_docx(document_of(get_paper(world.round, 1), None)))

    read = convert(path, TEXT).read_text(encoding="utf-8-sig")
    drawn = convert(path, "pdf").read_bytes()

    assert [total for total in ("478 手続", "232", "＜29＞") if total not in read] == []
    assert drawn.startswith(b"%PDF-")
