"""Taking proposals out (提案の出力): who gets what, inert cells, and the way back."""

import csv
import io
import json

import openpyxl
import pytest
from sqlalchemy.orm import Session

from app.accounts.models import Organization
from app.core.errors import NotAllowed
from app.exchange.export_table import export_table
from app.exchange.export_view import view_for_command, view_of
from app.exchange.files import ExportFormat, export_file
from app.exchange.rows import SentFile
from app.proposals.models import Proposal
from app.reports.cp932 import lost_letters
from app.rounds.models import Round
from app.rounds.services import NewRound, create_round
from app.workflow.states import State
from tests.exchange.conftest import CLOSES, IN_TIME, OPENS
from tests.exchange.tables import cells_of, checked, exported, kinds, with_cell
from tests.factories import World, declare_conflict, make_draft, make_in_state, make_submitted

CONTRACT = [
    *("受付番号", "団体コード", "団体名", "団体種別", "提案概要", "提案詳細", "求める措置"),
    *("支障事例", "制度改正の効果", "根拠法令", "所管府省庁", "視点", "自団体の導入状況"),
    *("分権提案管理番号", "共同提案団体コード", "状態", "分類", "対応方針", "受付日", "期限"),
]
# What programs take for a formula or a command, and what only looks like it.
PAYLOADS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM",
    "=cmd|'/c calc'!A0",
    '=HYPERLINK("http://example.invalid","x")',
    "=IMPORTXML(1,2)",
    "+49 30 12345",
    "-2+3+cmd|' /C calc'!D2",
    "'=1+1",
    "''=1+1",
    "{=1+1}",
    "|calc",
    "http://example.invalid",
    "_x0041_",
)
TEXTS = (
    "title",
    "detail",
    "requested_measure",
    "hardship_case",
    "effect",
    "legal_basis",
    "adoption_status",
    "contact_department",
    "contact_email",
)
FORMATS = list(ExportFormat)


def make_payload_drafts(world: World) -> list[Proposal]:
    return [
        make_draft(world, **dict.fromkeys(TEXTS, payload), bunken_control_number=payload[:16])
        for payload in PAYLOADS
    ]


def ending(form: ExportFormat) -> str:
    return "csv" if form is ExportFormat.CSV_CP932 else form.value


def back(world: World, content: bytes, form: ExportFormat, by: str = "city") -> list[str]:
    """What the rows of an export would do when they come back."""
    result = checked(world, SentFile(f"表.{ending(form)}", content), by=by)
    assert result.errors == []
    return kinds(result)


# --- What stands in it ----------------------------------------------------------------------------


def test_header_begins_with_the_columns_of_the_contract(world: World) -> None:
    content = exported(world["city"], world.round, ExportFormat.XLSX)

    (header, *_rows) = cells_of(content)
    assert header[: len(CONTRACT)] == CONTRACT
    assert header[len(CONTRACT) :] == [
        "担当部署",
        "連絡先メールアドレス",
        "地方分権改革の提案募集にも出している",
        "募集回",
        "下書きID",
    ]


def test_row_of_a_body_tells_its_own_words(world: World) -> None:
    make_in_state(world, State.CLASSIFIED)

    view = view_of(world["city"], world.round, with_contact=False)
    (row,) = export_table(world.round, view).rows

    assert (row["receipt_number"], row["organization_code"]) == ("R6-0001", "902012")
    assert (row["org_type"], row["viewpoints"]) == ("市（指定都市・中核市除く。）", "ⅰ")
    assert (row["state"], row["category"], row["response_policy"]) == ("審査中", "", "")
    assert (row["received_on"], row["due_on"]) == (IN_TIME.date(), None)
    assert (row["contact_department"], row["draft_id"]) == ("情報政策課", "")


def test_row_of_the_secretariat_tells_the_inner_state(world: World) -> None:
    make_in_state(world, State.CLASSIFIED)

    view = view_of(world["lead"], world.round, with_contact=False)
    (row,) = export_table(world.round, view).rows

    assert (row["state"], row["category"]) == ("分類確定", "F-5")
    assert row["response_policy"] == "F-5の対応方針"
    assert "draft_id" not in row


def test_p27_contact_leaves_only_when_it_is_asked_for(world: World) -> None:
    make_submitted(world)

    tables = [
        export_table(world.round, view_of(world["lead"], world.round, with_contact=asked))
        for asked in (False, True)
    ]

    labels = [{column.label for column in table.columns} for table in tables]
    assert labels[1] - labels[0] == {"担当部署", "連絡先メールアドレス"}


def test_p25_body_takes_out_its_own_alone(world: World) -> None:
    make_submitted(world)
    make_draft(world)

    tables = {
        login: export_table(world.round, view_of(world[login], world.round, with_contact=True))
        for login in ("city", "other", "officer1")
    }

    counts = {login: len(table.rows) for login, table in tables.items()}
    assert counts == {"city": 2, "other": 0, "officer1": 1}


def test_case_with_a_conflict_is_not_taken_out(world: World) -> None:
    declare_conflict(world["officer1"], proposal=make_submitted(world))

    view = view_of(world["officer1"], world.round, with_contact=False)

    assert list(export_table(world.round, view).rows) == []


@pytest.mark.parametrize("login", ["ministry", "observer", "admin"])
def test_nobody_else_takes_anything_out(world: World, login: str) -> None:
    with pytest.raises(NotAllowed):
        view_of(world[login], world.round, with_contact=False)


def test_command_takes_out_what_was_submitted_or_all_of_one_body(world: World) -> None:
    make_submitted(world)
    make_draft(world)
    city: Organization = world["city"].organization

    views = [view_for_command(world.round, body, with_contact=False) for body in (None, city)]

    assert [len(export_table(world.round, view).rows) for view in views] == [1, 2]


# --- Practice -------------------------------------------------------------------------------------


@pytest.fixture
def practice(world: World) -> Round:
    command = NewRound(
        key="R8", label="練習", name="練習", opens_at=OPENS, closes_at=CLOSES, is_practice=True
    )
    return create_round(world.round.scheme, command, actor=world["admin"])


def test_practice_never_leaves_as_an_official_file(world: World, practice: Round) -> None:
    with pytest.raises(NotAllowed):
        view_of(world["lead"], practice, with_contact=False)
    with pytest.raises(NotAllowed):
        view_for_command(practice, None, with_contact=False)


def test_practice_of_a_body_is_marked_in_name_note_and_rows(world: World, practice: Round) -> None:
    world.round = practice
    make_draft(world)

    table = export_table(practice, view_of(world["city"], practice, with_contact=False))
    made = export_file(practice, table, ExportFormat.CSV, produced_at=IN_TIME, produced_by="試験")

    assert made.name == "R8_練習_提案_20240820.csv"
    assert table.notes[0] == "練習用の募集回の提案です。審査も集計もしません。"
    assert [row["round"] for row in table.rows] == ["R8（練習）"]
    with made.file:
        assert back(world, made.file.read(), ExportFormat.CSV) == ["unchanged"]


# --- There and back -------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_unchanged_file_comes_back_without_a_change(world: World, form: ExportFormat) -> None:
    for state in (State.DRAFT, State.RETURNED, State.SUBMITTED, State.CLOSED):
        make_in_state(world, state)
    make_draft(world, title="髙﨑①㈱〜−", detail="一行目\n\n二行目　三")

    content = exported(world["city"], world.round, form)

    assert back(world, content, form) == ["unchanged"] * 5


def test_one_changed_cell_comes_back_as_exactly_one_change(world: World) -> None:
    for number in range(232):
        make_draft(world, title=f"題{number}")
    content = exported(world["city"], world.round, ExportFormat.XLSX)

    changed = with_cell(content, "F100", "変えた詳細")
    result = checked(world, SentFile("表.xlsx", changed))

    assert kinds(result).count("unchanged") == 231
    (line,) = [row for row in result.lines if row.changes]
    assert (line.place.row, [change.label for change in line.changes]) == (100, ["提案詳細"])


# --- Inert cells ----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_p35_payloads_in_every_text_column_come_back_unchanged(
    world: World, form: ExportFormat
) -> None:
    make_payload_drafts(world)

    content = exported(world["city"], world.round, form)

    assert back(world, content, form) == ["unchanged"] * len(PAYLOADS)


def test_p35_workbook_holds_no_formula_no_link_and_no_hidden_sheet(world: World) -> None:
    make_payload_drafts(world)

    book = openpyxl.load_workbook(
        io.BytesIO(exported(world["city"], world.round, ExportFormat.XLSX))
    )

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "n", "d"}
    assert [cell.coordinate for cell in cells if cell.hyperlink or cell.comment] == []
    assert [sheet.sheet_state for sheet in book] == ["visible", "visible"]
    live = [cell for cell in book["データ"]["E"][1:] if str(cell.value)[0] in "=+-@＝＋－＠"]
    assert {cell.quotePrefix for cell in live} == {True}


@pytest.mark.parametrize("form", [ExportFormat.CSV, ExportFormat.CSV_CP932])
def test_p35_no_cell_of_a_csv_begins_like_a_formula(world: World, form: ExportFormat) -> None:
    make_payload_drafts(world)

    content = exported(world["city"], world.round, form)

    text = content.decode("cp932" if form is ExportFormat.CSV_CP932 else "utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert [cell for cell in cells if cell and cell[0] in "=+-@\t\r＝＋－＠"] == []
    assert "'=1+1" in cells


def test_json_lines_hold_texts_as_they_are_stored(world: World) -> None:
    make_draft(world, title="=1+1")

    (line,) = exported(world["city"], world.round, ExportFormat.JSON_LINES).decode().splitlines()

    row = json.loads(line)
    assert (row["title"], row["viewpoints"], row["received_on"]) == ("=1+1", "ⅰ", "")


# --- CP932 ----------------------------------------------------------------------------------------


def test_letters_that_cp932_cannot_carry_are_listed_by_row_and_field(world: World) -> None:
    make_draft(world)
    make_draft(world, title="𠮷野", detail="葛\U000e0100城")

    found = lost_letters(
        export_table(world.round, view_of(world["city"], world.round, with_contact=False))
    )

    assert [(letter.row, letter.column, letter.letter) for letter in found] == [
        (2, "提案概要", "𠮷"),
        (2, "提案詳細", "葛\U000e0100"),
    ]


def test_cp932_never_holds_a_question_mark_for_a_letter(world: World, db_session: Session) -> None:
    make_draft(world, title="𠮷野—")

    content = exported(world["city"], world.round, ExportFormat.CSV_CP932)

    assert "〓野〓".encode("cp932") in content
    assert b"?" not in content
    assert back(world, content, ExportFormat.CSV_CP932) == ["unchanged"]
