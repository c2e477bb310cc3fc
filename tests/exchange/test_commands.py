"""Importing and exporting on the command line (取込み・出力のコマンド)."""

from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.proposals.models import Proposal
from app.rounds.services import NewRound, create_round
from tests.exchange.conftest import CLOSES, OPENS
from tests.exchange.tables import complete, csv_of, titles, trail_length
from tests.factories import World, make_draft, make_submitted

CITY, OTHER = "902012", "902021"


def run(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "表.csv"
    path.write_bytes(csv_of([complete(提案概要="一"), complete(提案概要="二")]))
    return path


def importing(app: Flask, path: Path, *options: object) -> Result:
    return run(app, "import", "proposals", path, "--round", "R6", *options)


def test_import_saves_every_row_for_the_named_body(
    app: Flask, world: World, db_session: Session, table: Path
) -> None:
    before = trail_length(db_session)

    result = importing(app, table, "--org", CITY)

    drafts = db_session.scalars(select(Proposal).order_by(Proposal.id)).all()
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "2件を取り込みました。")
    assert [(row.title, row.organization.code) for row in drafts] == [("一", CITY), ("二", CITY)]
    assert {row.created_by_id for row in drafts} == {world["city-mgr"].id}
    last = db_session.scalars(
        select(AuditEvent).where(AuditEvent.seq > before).order_by(AuditEvent.seq.desc()).limit(1)
    ).one()
    assert (last.verb, last.actor_id, last.changes["new"]) == ("import.commit", None, 2)


def test_dry_run_saves_nothing(app: Flask, world: World, db_session: Session, table: Path) -> None:
    before = trail_length(db_session)

    result = importing(app, table, "--org", CITY, "--dry-run")

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "誤り 0件、新しい下書き 2件、変わる提案 0件、変更なし 0件",
        "何も保存していません。",
    ]
    assert (titles(db_session), trail_length(db_session)) == ([], before)


def test_every_error_is_told_with_row_and_column_and_nothing_is_saved(
    app: Flask, world: World, db_session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "表.csv"
    path.write_bytes(csv_of([complete(), complete(視点="大事"), complete(提案詳細="〃")]))

    result = importing(app, path, "--org", CITY)

    told = [line.partition("：")[0] for line in result.stderr.splitlines() if "行目" in line]
    assert result.exit_code == 1
    assert told == ["表.csv 3行目 視点（F3）", "表.csv 4行目 提案詳細（B4）"]
    assert titles(db_session) == []


def test_rows_name_their_bodies_when_the_command_names_none(
    app: Flask, world: World, db_session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "表.csv"
    rows = [{"団体コード": code, "提案概要": code} for code in (CITY, OTHER)]
    path.write_bytes(csv_of(rows))

    result = importing(app, path)

    drafts = db_session.scalars(select(Proposal).order_by(Proposal.id)).all()
    assert result.exit_code == 0
    assert [row.organization.code for row in drafts] == [CITY, OTHER]


def test_row_without_a_body_and_row_of_another_body_are_errors(
    app: Flask, world: World, tmp_path: Path
) -> None:
    path = tmp_path / "表.csv"
    path.write_bytes(csv_of([{"団体コード": "", "提案概要": "一"}]))
    without = importing(app, path)
    path.write_bytes(csv_of([{"団体コード": OTHER, "提案概要": "一"}]))
    another = importing(app, path, "--org", CITY)

    assert (without.exit_code, another.exit_code) == (1, 1)
    assert "団体コードを書いてください" in without.stderr
    assert f"指定した団体（{CITY}）ではありません" in another.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [(("--org", "130001"), "団体コード 130001 の団体は登録されていません"), ((), "団体コード")],
)
def test_unknown_body_is_refused(
    app: Flask, world: World, table: Path, options: tuple[str, ...], words: str
) -> None:
    result = importing(app, table, *options)

    assert (result.exit_code, words in result.stderr) == (1, True)


def test_unreadable_file_and_unknown_round_are_refused_in_words(
    app: Flask, world: World, tmp_path: Path, table: Path
) -> None:
    path = tmp_path / "表.xls"
    path.write_bytes(b"x")

    unreadable = importing(app, path, "--org", CITY)
    unknown = run(app, "import", "proposals", table, "--round", "R9", "--org", CITY)

    assert (unreadable.exit_code, unknown.exit_code) == (1, 1)
    assert "この形式（.xls）は読み取れません" in unreadable.stderr
    assert "この募集回は見つかりません" in unknown.stderr


@pytest.mark.parametrize("form", ["xlsx", "csv", "csv-cp932", "jsonl"])
def test_export_comes_back_without_a_change(
    app: Flask, world: World, db_session: Session, tmp_path: Path, form: str
) -> None:
    make_submitted(world)
    make_draft(world)
    db_session.commit()
    path = tmp_path / f"表.{'csv' if form == 'csv-cp932' else form}"

    out = run(
        app, "export", "proposals", "--round", "R6", "--format", form, "--org", CITY, "--out", path
    )
    back = importing(app, path, "--org", CITY)

    assert (out.exit_code, back.exit_code) == (0, 0)
    assert "変わる提案 0件、変更なし 2件" in back.stdout


def test_export_leaves_drafts_and_contact_out_and_an_entry_behind(
    app: Flask, world: World, db_session: Session
) -> None:
    make_submitted(world, title="出した題")
    make_draft(world, title="下書きの題")
    db_session.commit()

    result = run(app, "export", "proposals", "--round", "R6")

    last = db_session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc()).limit(1)).one()
    assert "出した題" in result.stdout
    assert "下書きの題" not in result.stdout
    assert "担当部署" not in result.stdout
    assert (last.verb, last.actor_id) == ("round.export_proposals", None)


def test_export_lists_what_cp932_cannot_carry(
    app: Flask, world: World, db_session: Session, tmp_path: Path
) -> None:
    make_submitted(world, title="𠮷野")
    db_session.commit()
    options = ("export", "proposals", "--round", "R6", "--format", "csv-cp932")

    refused = run(app, *options, "--out", tmp_path / "a.csv")
    agreed = run(app, *options, "--replace", "--out", tmp_path / "b.csv")

    assert (refused.exit_code, agreed.exit_code) == (1, 0)
    assert "1行目 提案概要：𠮷（U+20BB7）" in refused.stderr
    assert not (tmp_path / "a.csv").exists()
    assert "〓野".encode("cp932") in (tmp_path / "b.csv").read_bytes()


def test_export_of_a_practice_round_is_refused(
    app: Flask, world: World, db_session: Session
) -> None:
    command = NewRound(
        key="R8", label="練習", name="練習", opens_at=OPENS, closes_at=CLOSES, is_practice=True
    )
    create_round(world.round.scheme, command, actor=world["admin"])
    db_session.commit()

    result = run(app, "export", "proposals", "--round", "R8")

    assert (result.exit_code, "練習用の募集回です" in result.stderr) == (1, True)
