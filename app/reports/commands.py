"""Reports on the command line (報告のコマンド): `flask --app wsgi report classification`."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from app.core.errors import DomainError
from app.core.tabular import to_csv, to_text
from app.reports.catalog import REPORTS, ReportKind
from app.reports.counting import Basis
from app.reports.files import FileFormat, report_bytes, report_json
from app.reports.flow.question import read_question
from app.reports.policy import authorize_file
from app.reports.report import Report
from app.rounds.models import Round
from app.rounds.queries import current_round, get_round

PRODUCED_BY = "コマンド"
TABLE = "table"
# No terminal can show these.
BINARY = (FileFormat.XLSX, FileFormat.DOCX)
# What only the reports on the flow are asked.
FLOW_OPTIONS = ("from", "days", "seed")
FORMATS = (
    TABLE,
    *(form.value for form in FileFormat if form is not FileFormat.CSV_CP932),
)


class NamedChoice(click.Choice[str]):
    """A word from a list (選択肢); any other one is refused with the list in Japanese."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Say what was given and what can be given."""
        known = "、".join(map(str, self.choices))
        return f"「{value}」は指定できません。次のいずれかを指定してください：{known}"


@click.command(
    "report", help=f"報告を端末またはファイルに出力する。NAME は {'、'.join(REPORTS)} のいずれか。"
)
@click.argument("name", type=NamedChoice(tuple(REPORTS)), metavar="NAME")
@click.option("--round", "round_key", metavar="KEY", help="募集回（例：R6）。既定は現在の募集回。")
@click.option(
    "--format",
    "form",
    type=NamedChoice(FORMATS),
    default=TABLE,
    show_default=True,
    help="出力形式。csv は標準出力では BOM なし、ファイルでは BOM 付きの UTF-8。",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="出力ファイル。"
)
@click.option(
    "--basis",
    type=NamedChoice([basis.value for basis in Basis]),
    default=Basis.RECEIVED.value,
    show_default=True,
    help="数え方。received は受付どおり、merged は統合・分割の整理後。",
)
@click.option(
    "--as-of",
    metavar="YYYY-MM-DD[THH:MM]",
    default="",
    help="時点（日本時間）。日付だけなら、その日の終わり。backlog は朝8時（日次報告の時刻）。",
)
@click.option("--from", metavar="YYYY-MM-DD", default="", help="はじめの日（flow・cycle-time）。")
@click.option("--days", metavar="N", default="", help="見込みのもとにする直近の開庁日数（flow）。")
@click.option("--seed", metavar="N", default="", help="見込みの乱数の種（flow）。")
@with_appcontext
def report_command(
    name: str, round_key: str | None, form: str, out: Path | None, **asked: str
) -> None:
    """Write one report of one round to the terminal or into a file (報告の出力).

    `asked` are the words of the address of its page: basis, as_of, from, days, seed.
    """
    round_ = _round(round_key)
    if form != TABLE or out is not None:
        _check_file(round_)
    report = _made(REPORTS[name], round_, asked)
    if out is None:
        _show(report, form)
    else:
        out.write_bytes(_file_content(report, form))
        click.echo(f"{out} に出力しました。", err=True)
    for check in report.checks:
        if not check.is_ok:
            click.echo(check.sentence, err=True)


def _made(kind: ReportKind, round_: Round, asked: Mapping[str, str]) -> Report:
    flow_only = [name for name in FLOW_OPTIONS if asked[name]]
    if flow_only and kind.read is not read_question:
        words = "・".join(f"--{name}" for name in flow_only)
        raise click.UsageError(f"{words} は、flow と cycle-time だけで指定できます。")
    try:
        return kind.make(round_, None, kind.read(asked))
    except DomainError as error:
        raise click.ClickException(error.message) from error


def _round(key: str | None) -> Round:
    try:
        found = get_round(key) if key else current_round()
    except DomainError as error:
        raise click.ClickException(f"{error.message}（--round {key}）") from error
    if found is None:
        raise click.ClickException("募集回がありません。--round で募集回を指定してください。")
    return found


def _check_file(round_: Round) -> None:
    try:
        authorize_file(round_)
    except DomainError as error:
        raise click.ClickException(error.message) from error


def _show(report: Report, form: str) -> None:
    if form in BINARY:
        if sys.stdout.isatty():
            message = f"{form} は端末に表示できません。--out FILE を付けてください。"
            raise click.UsageError(message)
        content = report_bytes(report, FileFormat(form), produced_by=PRODUCED_BY)
        click.echo(content, nl=False)
    else:
        click.echo(_text(report, form), nl=False)


def _text(report: Report, form: str) -> str:
    if form == FileFormat.CSV:
        return to_csv(report.table, bom=False)
    return report_json(report) if form == FileFormat.JSON else to_text(report.table)


def _file_content(report: Report, form: str) -> bytes:
    if form == TABLE:
        return to_text(report.table).encode()
    return report_bytes(report, FileFormat(form), produced_by=PRODUCED_BY)
