"""Reports as files (報告の出力): every form says the same."""

import csv
import io
import json
from urllib.parse import unquote

import openpyxl
import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.core.clock import jst
from app.core.errors import InvalidInput
from app.reports.classification import build_classification
from app.reports.files import FileFormat, file_format, report_file
from app.reports.report import Report
from tests.factories import make_classified, make_pending, make_world

HEADER = ["記号", "分類", "件数", "対応方針"]


@pytest.fixture
def report(db_session: Session) -> Report:
    world = make_world()
    make_classified(world)
    make_pending(world)
    with clock.at(jst(2024, 10, 31, 8)):
        return build_classification(world.round)


def rows_of_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_every_form_has_the_same_rows(report: Report) -> None:
    files = {form: report_file(report, form, produced_by="総括").content for form in FileFormat}

    utf8 = rows_of_csv(files[FileFormat.CSV].decode("utf-8-sig"))
    sheet = openpyxl.load_workbook(io.BytesIO(files[FileFormat.XLSX]))["データ"]
    workbook = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
    records = json.loads(files[FileFormat.JSON])["rows"]
    keys = ("code", "label", "count", "response_policy")
    as_json = [HEADER] + [[str(record[key]) for key in keys] for record in records]
    assert utf8[0] == HEADER
    assert rows_of_csv(files[FileFormat.CSV_CP932].decode("cp932")) == utf8
    assert workbook == utf8
    assert as_json == utf8


def test_csv_file_begins_with_a_bom(report: Report) -> None:
    content = report_file(report, FileFormat.CSV, produced_by="総括").content

    assert content[:3] == b"\xef\xbb\xbf"


def test_file_has_an_ascii_and_a_japanese_name(report: Report) -> None:
    made = report_file(report, FileFormat.CSV_CP932, produced_by="総括")

    plain, extended = made.disposition.removeprefix("attachment; ").split("; ")
    assert plain == 'filename="R6_classification_20241031.csv"'
    assert unquote(extended) == "filename*=UTF-8''R6_分類別の件数と対応方針_20241031.csv"
    assert made.disposition.isascii()


def test_unknown_form_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput) as refused:
        file_format("pdf")

    assert refused.value.errors == {
        "format": [
            "この形式では出力できません。"
            "xlsx、docx、csv、csv-cp932、json のいずれかを指定してください"
        ]
    }
