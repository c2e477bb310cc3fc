"""Small tables and steps for the tests of imports (試験用の表)."""

import csv
import io
from collections.abc import Mapping, Sequence

import openpyxl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.core import clock
from app.exchange.checking import check_rows
from app.exchange.export_table import export_table
from app.exchange.export_view import view_of
from app.exchange.files import ExportFormat, export_file
from app.exchange.models import ImportRun
from app.exchange.result import CheckResult
from app.exchange.rows import SentFile, read_upload
from app.exchange.scopes import BodyScope
from app.exchange.services.imports import check_import, keep_result, start_import
from app.proposals.models import Proposal
from app.rounds.models import Round
from tests.factories import World

Row = Mapping[str, str]


def csv_of(rows: Sequence[Row], codec: str = "utf-8-sig") -> bytes:
    """A table of texts under the labels of its first row."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode(codec)


def complete(**changes: str) -> dict[str, str]:
    """A row that lacks nothing."""
    return {
        "提案概要": "鍵の貸出しの共通化",
        "提案詳細": "鍵を窓口で貸している。",
        "求める措置": "共通のシステムを用意してほしい。",
        "支障事例": "二度来る必要がある。",
        "制度改正の効果": "来庁が不要になる。",
        "視点": "ⅰ",
        "担当部署": "情報政策課",
        **changes,
    }


def sent(*rows: Row, name: str = "表.csv", codec: str = "utf-8-sig") -> SentFile:
    return SentFile(name, csv_of(rows, codec))


def checked(world: World, *files: SentFile, by: str = "city") -> CheckResult:
    """Result of the check of files for the round of the world."""
    return check_rows(read_upload(files, world.round), world.round, BodyScope(world[by]))


def said(result: CheckResult) -> list[tuple[str, str]]:
    """Errors as (cell, reason)."""
    return [(error.cell, error.reason) for error in result.errors]


def kinds(result: CheckResult) -> list[str]:
    return [line.kind.value for line in result.lines]


def started(world: World, *files: SentFile, by: str = "city") -> ImportRun:
    """An import that was sent in and checked."""
    upload = read_upload(files, world.round)
    run = start_import(world.round, files, upload, actor=world[by])
    keep_result(run, check_import(run, actor=world[by]))
    return run


def exported(
    actor: User, round_: Round, form: ExportFormat, *, with_contact: bool = False
) -> bytes:
    """File with what a person may take out."""
    view = view_of(actor, round_, with_contact=with_contact)
    table = export_table(round_, view)
    made = export_file(round_, table, form, produced_at=clock.now(), produced_by="試験")
    with made.file:
        return made.file.read()


def cells_of(content: bytes, sheet: str = "データ") -> list[list[object]]:
    """Values of a sheet, as another program reads them."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [list(row) for row in book[sheet].iter_rows(values_only=True)]


def with_cell(content: bytes, place: str, value: object, sheet: str = "データ") -> bytes:
    """The workbook with one cell changed, saved by another program."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    book[sheet][place] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def titles(session: Session) -> list[str]:
    return list(session.scalars(select(Proposal.title).order_by(Proposal.id)))


def trail_length(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AuditEvent)) or 0
