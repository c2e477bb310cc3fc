"""Importing and exporting on the command line (取込み・出力のコマンド)."""

import shutil
import sys
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from app.accounts.models import Organization
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import DomainError, InvalidInput
from app.core.postgresql_waits import unhurried
from app.core.tabular import Table
from app.core.unit_of_work import unit_of_work
from app.exchange.checking import Progress, check_rows
from app.exchange.export_table import export_table
from app.exchange.export_view import view_for_command
from app.exchange.files import ExportFormat, export_file
from app.exchange.keys import repaired_code
from app.exchange.result import CheckResult, LineKind
from app.exchange.rows import SentFile, Upload, read_upload
from app.exchange.scopes import OperatorScope, find_local_government
from app.exchange.services.exports import note_export
from app.exchange.services.imports import save_lines
from app.reports.commands import NamedChoice
from app.reports.cp932 import lost_letters
from app.rounds.models import Round
from app.rounds.queries import get_round

PRODUCED_BY = "コマンド"
LETTERS_SHOWN = 20
PROGRESS_ROWS_TOLD = 1000

import_commands = AppGroup("import", help="表・様式を取り込む。")
export_commands = AppGroup("export", help="提案を出力する。")

File = click.Path(exists=True, dir_okay=False, path_type=Path)


@import_commands.command("proposals", help="表（xlsx、csv、jsonl）か記入済みの様式を取り込む。")
@click.argument("files", type=File, nargs=-1, required=True, metavar="FILE...")
@click.option("--round", "round_key", required=True, metavar="KEY", help="募集回（例：R6）。")
@click.option(
    "--org", "code", metavar="CODE", help="団体コード。省略すると各行の団体コードのとおり。"
)
@click.option("--dry-run", is_flag=True, help="誤りと変更を示すだけで、何も保存しない。")
@with_appcontext
@unhurried()
def import_proposals(
    files: tuple[Path, ...], round_key: str, code: str | None, dry_run: bool
) -> None:
    """Import tables or filled forms, all rows or none (取込み). Exit code 1 when any is wrong."""
    sent = [SentFile(path.name, path.read_bytes()) for path in files]
    try:
        round_, scope = get_round(round_key), OperatorScope(_body(code))
        upload = read_upload(sent, round_)
        result = check_rows(upload, round_, scope, progress=_progress_of(upload))
        _show(upload, result)
        if result.errors:
            raise click.exceptions.Exit(1)
        if dry_run or not result.effects:
            click.echo("何も保存していません。")
            return
        with unit_of_work():
            _save(sent, get_round(round_key), scope)
    except DomainError as error:
        raise click.ClickException(_words(error)) from error
    click.echo(f"{result.effects}件を取り込みました。")


def _progress_of(upload: Upload) -> Progress:
    """Tell of a long check now and then, beside the result (進み具合)."""

    def tell(done: int) -> None:
        if done % PROGRESS_ROWS_TOLD == 0:
            click.echo(f"確認 {done:,}／{len(upload.rows):,}行", err=True)

    return tell


def _save(sent: list[SentFile], round_: Round, scope: OperatorScope) -> None:
    """Check once more, in the transaction that saves: what was seen is what is saved."""
    result = check_rows(read_upload(sent, round_), round_, scope)
    if result.errors:
        raise InvalidInput({"file": [f"{error.place}：{error.reason}" for error in result.errors]})
    save_lines(result, round_, scope)
    record(
        "import.commit",
        Subject(type="round", id=round_.id, version=round_.version),
        actor=None,
        changes={
            "round": round_.key,
            "sha256": [file.sha256 for file in sent],
            **{kind.value: len(result.of_kind(kind)) for kind in LineKind},
        },
    )


def _body(code: str | None) -> Organization | None:
    if code is None:
        return None
    body = find_local_government(repaired_code(code))
    if body is None:
        raise click.ClickException(f"団体コード {code} の団体は登録されていません。")
    return body


def _show(upload: Upload, result: CheckResult) -> None:
    for words in (*upload.encodings, *result.notices):
        click.echo(words, err=True)
    for error in result.errors:
        click.echo(f"{error.place}：{error.reason}（値：{error.value or '空欄'}）", err=True)
    for line in result.of_kind(LineKind.CHANGED):
        for change in line.changes:
            click.echo(f"{line.reference} {change.label}")
            click.echo(f"  前：{change.before}")
            click.echo(f"  後：{change.after}")
    counts = {
        "誤り": len(result.errors),
        "新しい下書き": len(result.of_kind(LineKind.NEW)),
        "変わる提案": len(result.of_kind(LineKind.CHANGED)),
        "変更なし": len(result.of_kind(LineKind.UNCHANGED)),
    }
    click.echo("、".join(f"{label} {count}件" for label, count in counts.items()))


@export_commands.command(
    "proposals", help="提案を表に出力する。--org を付けると、その団体の下書きも。"
)
@click.option("--round", "round_key", required=True, metavar="KEY", help="募集回（例：R6）。")
@click.option(
    "--format",
    "form",
    type=NamedChoice([form.value for form in ExportFormat]),
    default=ExportFormat.CSV.value,
    show_default=True,
    help="出力形式。",
)
@click.option("--org", "code", metavar="CODE", help="団体コード。その団体が見るとおりに出力する。")
@click.option("--with-contact", is_flag=True, help="担当部署・連絡先を含める。")
@click.option("--replace", "is_replacing", is_flag=True, help="CP932で表せない文字を〓にする。")
@click.option(
    "--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="出力ファイル。"
)
@with_appcontext
@unhurried()
def export_proposals(
    round_key: str,
    form: str,
    code: str | None,
    with_contact: bool,
    is_replacing: bool,
    out: Path | None,
) -> None:
    """Write the proposals of a round into a file or to the output (提案の出力)."""
    chosen = ExportFormat(form)
    if out is None and chosen is ExportFormat.XLSX and sys.stdout.isatty():
        raise click.UsageError("xlsx は端末に表示できません。--out FILE を付けてください。")
    try:
        round_ = get_round(round_key)
        view = view_for_command(round_, _body(code), with_contact=with_contact)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    table = export_table(round_, view)
    if chosen is ExportFormat.CSV_CP932 and not is_replacing:
        _refuse_lost_letters(table)
    # Complete before anything leaves: what breaks on the way leaves neither a file nor an entry.
    made = export_file(round_, table, chosen, produced_at=clock.now(), produced_by=PRODUCED_BY)
    with unit_of_work():
        note_export(get_round(round_key), table, chosen, actor=None, with_contact=view.with_contact)
    with made.file:
        if out is None:
            shutil.copyfileobj(made.file, sys.stdout.buffer)
            return
        with out.open("wb") as written:
            shutil.copyfileobj(made.file, written)
    click.echo(f"{out} に{len(table.rows)}件を出力しました。", err=True)


def _refuse_lost_letters(table: Table) -> None:
    lost = lost_letters(table)
    if not lost:
        return
    for letter in lost[:LETTERS_SHOWN]:
        click.echo(
            f"{letter.row}行目 {letter.column}：{letter.letter}（{letter.code_points}）", err=True
        )
    raise click.ClickException(
        f"CP932で表せない文字が{len(lost)}か所あります。csv か xlsx で出力するか、"
        "〓に置き換えてよければ --replace を付けてください。"
    )


def _words(error: DomainError) -> str:
    if isinstance(error, InvalidInput):
        return "\n".join(words for found in error.errors.values() for words in found)
    return error.message
