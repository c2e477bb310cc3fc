"""The official form in LibreOffice (様式と LibreOffice): opened, filled in, saved, sent back."""

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from app.exchange.files import ExportFormat
from app.exchange.form_cells import FORM_SHEET
from app.exchange.official_form import official_form
from app.exchange.result import Line
from app.exchange.rows import SentFile
from config import ROOT
from tests.exchange.tables import checked, exported, kinds
from tests.exchange.test_exports import PAYLOADS, make_payload_drafts
from tests.exchange.test_official_form import FILLED, filled
from tests.factories import World
from tests.office.conftest import XLSX, Convert

# Kept to be looked at.
PRINTED = ROOT / "build" / "office"


def lists_of(path: Path) -> dict[str, Any]:
    """Cells with a drop-down list, and where its choices stand."""
    sheet = openpyxl.load_workbook(path)[FORM_SHEET]
    return {
        str(rule.sqref): rule.formula1
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }


def formulas_in(path: Path) -> list[str]:
    book = openpyxl.load_workbook(path)
    cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
    return [cell.coordinate for cell in cells if cell.data_type == "f"]


def line_of(world: World, path: Path) -> Line:
    result = checked(world, SentFile(path.name, path.read_bytes()))
    assert result.errors == []
    (line,) = result.lines
    return line


@pytest.fixture
def form(world: World, tmp_path: Path) -> Path:
    """The form, filled in and not yet opened by LibreOffice."""
    path = tmp_path / "form.xlsx"
    path.write_bytes(filled(official_form(world.round, world["city"].organization), FILLED))
    return path


def test_form_keeps_its_lists_and_its_protection(form: Path, convert: Convert) -> None:
    saved = convert(convert(form, "ods"), XLSX)

    assert lists_of(saved) == lists_of(form)
    assert len(lists_of(saved)) == 5
    assert openpyxl.load_workbook(saved)[FORM_SHEET].protection.sheet


def test_filled_form_is_read_the_same_after_libreoffice_saved_it(
    world: World, form: Path, convert: Convert
) -> None:
    saved = convert(convert(form, "ods"), XLSX)

    before, after = line_of(world, form), line_of(world, saved)
    assert after.content == before.content
    assert before.content is not None
    assert before.content.title == FILLED["提案概要"]


def test_form_fits_on_paper(form: Path, convert: Convert) -> None:
    printed = convert(form, "pdf").read_bytes()

    PRINTED.mkdir(parents=True, exist_ok=True)
    (PRINTED / "form_xlsx.pdf").write_bytes(printed)
    # One page to fill in, one with what can be chosen.
    assert max(map(int, re.findall(rb"/Count (\d+)", printed))) == 2


def test_p35_no_payload_comes_alive_in_libreoffice(
    world: World, tmp_path: Path, convert: Convert
) -> None:
    make_payload_drafts(world)
    path = tmp_path / "proposals.xlsx"
    path.write_bytes(exported(world["city"], world.round, ExportFormat.XLSX))

    saved = convert(convert(path, "ods"), XLSX)

    result = checked(world, SentFile("表.xlsx", saved.read_bytes()))
    assert formulas_in(saved) == []
    assert (result.errors, kinds(result)) == ([], ["unchanged"] * len(PAYLOADS))
