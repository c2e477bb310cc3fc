"""`flask organizations load` (団体の一覧の取込み): tried first, all or nothing, never deletes."""

import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Organization, OrgType, Role
from app.accounts.queries import find_body
from app.audit.models import AuditEvent
from tests.factories import World, make_user, make_world

Load = Callable[..., Result]
HEADING = (
    "団体コード",
    "都道府県名\n（漢字）",
    "市区町村名\n（漢字）",
    "都道府県名\n（カナ）",
    "市区町村名\n（カナ）",
)
SAPPORO = ("011002", "北海道", "札幌市", "ﾎｯｶｲﾄﾞｳ", "ｻｯﾎﾟﾛｼ")
HAKODATE = ("012025", "北海道", "函館市", "ﾎｯｶｲﾄﾞｳ", "ﾊｺﾀﾞﾃｼ")
OTARU = ("012033", "北海道", "小樽市", "ﾎｯｶｲﾄﾞｳ", "ｵﾀﾙｼ")


@pytest.fixture
def load(app: Flask, db_session: Session) -> Load:
    runner = app.test_cli_runner()

    def run(*arguments: object) -> Result:
        return runner.invoke(args=["organizations", "load", *map(str, arguments)])

    return run


def workbook(path: Path, *rows: tuple[str, ...]) -> Path:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet("R7.1.1現在の団体")
    for number, row in enumerate((HEADING, *rows)):
        sheet.write_row(number, 0, row)
    book.close()
    path.write_bytes(content.getvalue())
    return path


def bodies(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Organization)) or 0


def test_bundled_list_is_loaded_once(load: Load, db_session: Session) -> None:
    first, second = load(), load()

    assert first.output == "令和6年4月1日（月）から：登録1,788件。\n"
    assert second.output == "変わるところはありません。\n"
    assert bodies(db_session) == 1788
    entry = db_session.scalars(select(AuditEvent)).one()
    assert (entry.verb, entry.changes["added"]) == ("organization.load", 1788)


def test_trial_writes_nothing(load: Load, db_session: Session, tmp_path: Path) -> None:
    path = workbook(tmp_path / "list.xlsx", SAPPORO, HAKODATE)

    result = load("--file", path, "--dry-run", "--as-of", "2025-04-01")

    assert result.output == (
        "登録　011002 北海道 札幌市\n"
        "登録　012025 北海道 函館市\n"
        "試行：令和7年4月1日（火）から：登録2件。\n"
    )
    assert bodies(db_session) == 0


def test_official_workbook_renames_retypes_and_closes(
    load: Load, db_session: Session, tmp_path: Path
) -> None:
    first = workbook(
        tmp_path / "first.xlsx",
        SAPPORO,
        HAKODATE,
        OTARU,
        ("013030", "北海道", "当別町", "ﾎｯｶｲﾄﾞｳ", "ﾄｳﾍﾞﾂﾁｮｳ"),
    )
    load("--file", first, "--as-of", "2024-04-01")
    second = workbook(
        tmp_path / "second.xlsx",
        SAPPORO,
        HAKODATE,
        ("013030", "北海道", "当別市", "ﾎｯｶｲﾄﾞｳ", "ﾄｳﾍﾞﾂｼ"),
    )

    result = load("--file", second, "--as-of", "2025-04-01")

    assert result.output == (
        "令和7年4月1日（火）から：名称の変更1件、団体種別の変更1件、"
        "読み・都道府県名の更新1件、廃止1件。\n"
    )
    otaru, tobetsu = find_body("012033"), find_body("013030")
    assert otaru is not None
    assert tobetsu is not None
    assert (otaru.name, otaru.dissolved_on) == ("小樽市", date(2025, 4, 1))
    assert tobetsu.name == "当別市"
    assert [(row.org_type, row.valid_to) for row in tobetsu.types] == [
        (OrgType.TOWN_VILLAGE, date(2025, 3, 31)),
        (OrgType.CITY, None),
    ]
    assert load("--file", second, "--as-of", "2025-04-01").output == "変わるところはありません。\n"


def test_designation_recorded_by_hand_stands(
    load: Load, db_session: Session, tmp_path: Path
) -> None:
    path = workbook(tmp_path / "list.xlsx", OTARU)
    load("--file", path, "--as-of", "2024-04-01")
    otaru = find_body("012033")
    assert otaru is not None
    otaru.types[0].org_type = OrgType.CORE_CITY
    db_session.commit()

    result = load("--file", path, "--as-of", "2025-04-01")

    assert result.output == "変わるところはありません。\n"


def test_faulty_list_is_refused_whole_with_every_fault(
    load: Load, db_session: Session, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path / "list.xlsx", SAPPORO, ("012026", *HAKODATE[1:]), ("012033", "", "小樽市", "", "")
    )

    result = load("--file", path)

    assert result.exit_code == 1
    assert result.output == (
        "Error: 取り込みません（2件）。\n"
        "R7.1.1現在の団体　3行目：団体コード「012026」は、検査数字を含む6桁になっていません\n"
        "R7.1.1現在の団体　4行目（012033）：名称または都道府県名が空欄です\n"
    )
    assert bodies(db_session) == 0


def test_body_with_users_and_bodies_out_of_the_list_stay_open(
    load: Load, db_session: Session, tmp_path: Path
) -> None:
    load("--file", workbook(tmp_path / "first.xlsx", SAPPORO, OTARU), "--as-of", "2024-04-01")
    otaru = find_body("012033")
    assert otaru is not None
    make_user("otaru", otaru, Role.PROPOSER_MANAGER)
    world: World = make_world()
    db_session.commit()

    result = load("--file", workbook(tmp_path / "second.xlsx", SAPPORO), "--as-of", "2025-04-01")

    assert result.output == (
        "注意：012033「小樽市」は一覧にありませんが、利用者がいるため閉じません。"
        "画面（団体・府省庁）で合併先を記録してください。\n"
        "変わるところはありません。\n"
    )
    assert (otaru.dissolved_on, world["city"].organization.dissolved_on) == (None, None)


def test_older_bundled_list_does_not_undo_what_was_recorded(
    load: Load, db_session: Session, tmp_path: Path
) -> None:
    load()
    newer = ("012033", "北海道", "新小樽市", "ﾎｯｶｲﾄﾞｳ", "ｼﾝｵﾀﾙｼ")
    load("--file", workbook(tmp_path / "list.xlsx", newer), "--as-of", "2025-04-01")

    result = load()

    otaru = find_body("012033")
    assert otaru is not None
    assert (result.output, otaru.name) == ("変わるところはありません。\n", "新小樽市")


def test_unreadable_file_and_date_are_refused_in_words(load: Load, tmp_path: Path) -> None:
    broken = tmp_path / "list.xlsx"
    broken.write_bytes(b"no workbook")

    results = [load("--file", broken), load("--as-of", "昨日")]

    assert [result.exit_code for result in results] == [1, 1]
    assert all(result.output.startswith("Error: ") for result in results)
