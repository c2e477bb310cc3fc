"""`flask report` (報告のコマンド): forms, files, refusals."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy.orm import Session

from app.rounds.queries import get_round
from tests.factories import make_classified, make_pending, make_world


def report(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["report", *arguments])


@pytest.fixture
def counted(db_session: Session) -> None:
    world = make_world()
    make_classified(world)
    make_pending(world)
    db_session.commit()


@pytest.mark.usefixtures("counted")
def test_table_is_for_the_terminal(app: Flask) -> None:
    result = report(app, "classification", "--round", "R6")

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "分類別の件数と対応方針（令和6年）"
    assert lines[-1] == "検算（一致）：分類済み 1 ＋ ペンディング 1 ＝ 提案 2件"


@pytest.mark.usefixtures("counted")
def test_csv_on_stdout_has_no_bom(app: Flask) -> None:
    result = report(app, "classification", "--round", "R6", "--format", "csv")

    rows = list(csv.reader(io.StringIO(result.stdout)))
    assert result.stdout_bytes[:6] == "記号".encode()
    assert [row[0] for row in rows] == ["記号", "A", "C", "F-2", "F-5", "PENDING"]


@pytest.mark.usefixtures("counted")
def test_csv_in_a_file_has_a_bom(app: Flask, tmp_path: Path) -> None:
    out = tmp_path / "table.csv"

    result = report(app, "pending", "--round", "R6", "--format", "csv", "--out", str(out))

    assert (result.exit_code, result.stdout) == (0, "")
    assert out.read_bytes()[:3] == b"\xef\xbb\xbf"


@pytest.mark.usefixtures("counted")
def test_json_is_an_object_with_rows_and_total(app: Flask) -> None:
    result = report(app, "intake", "--round", "R6", "--format", "json")

    data = json.loads(result.stdout)
    assert (data["report"], data["total"]) == ("intake", 2)
    assert [row["key"] for row in data["rows"]][:3] == ["name", "opens_on", "closes_on"]


@pytest.mark.usefixtures("counted")
def test_xlsx_is_written_to_a_file(app: Flask, tmp_path: Path) -> None:
    out = tmp_path / "table.xlsx"

    result = report(app, "classification", "--format", "xlsx", "--out", str(out))

    assert result.exit_code == 0
    assert openpyxl.load_workbook(out).sheetnames == ["データ", "説明"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("backlogs",), "「backlogs」は指定できません"),
        (("intake", "--format", "pdf"), "「pdf」は指定できません"),
    ],
)
def test_unknown_word_is_refused_with_usage(
    app: Flask, arguments: tuple[str, ...], words: str
) -> None:
    result = report(app, *arguments)

    assert result.exit_code == 2
    assert result.stderr.startswith("Usage: ")
    assert words in result.stderr


@pytest.mark.usefixtures("counted")
def test_unknown_round_is_refused(app: Flask) -> None:
    result = report(app, "intake", "--round", "R9")

    assert result.exit_code == 1
    assert result.stderr == "Error: この募集回は見つかりません。（--round R9）\n"


@pytest.mark.usefixtures("counted")
def test_a14_file_of_a_practice_round_is_refused(app: Flask, db_session: Session) -> None:
    get_round("R6").is_practice = True
    db_session.commit()

    result = report(app, "intake", "--round", "R6", "--format", "csv")

    assert result.exit_code == 1
    assert "練習用の募集回です" in result.stderr
