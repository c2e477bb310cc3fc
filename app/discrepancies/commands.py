"""The check of the cases on the command line (案件の点検のコマンド)."""

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from app.accounts.models import User
from app.accounts.queries import find_user
from app.core import clock
from app.core.errors import DomainError
from app.core.postgresql_waits import unhurried
from app.core.tabular import Table, to_csv, to_text
from app.discrepancies.cases.overview import check_cases
from app.discrepancies.cases.table import FORMATS, NAME, case_table
from app.proposals.queries import SECRETARIAT_ROLES
from app.reports.files import FileFormat, table_file
from app.reports.policy import authorize_file
from app.rounds.models import Round
from app.rounds.queries import get_round
from app.watches.listing import real_rounds

TABLE = "table"
PRODUCED_BY = "コマンド"

discrepancies_commands = AppGroup("discrepancies", help="食い違いと、案件の点検を出力する。")


@discrepancies_commands.command(
    "cases", help="止まっている案件、記録の合わない案件を、直し方とともに出力する（案件の点検）。"
)
@click.option(
    "--as", "login", required=True, metavar="LOGIN", help="この人が見るとおりに出力する。"
)
@click.option(
    "--round", "round_key", metavar="KEY", help="募集回（例：R6）。既定は練習用を除く全部。"
)
@click.option(
    "--format",
    "form",
    type=click.Choice([TABLE, *(form.value for form in FORMATS)]),
    default=TABLE,
    show_default=True,
    help="出力形式。",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="出力ファイル。"
)
@unhurried()
def cases(login: str, round_key: str | None, form: str, out: Path | None) -> None:
    """Write the findings about cases as one person may read them (案件の点検)."""
    if form == FileFormat.XLSX and out is None and sys.stdout.isatty():
        raise click.UsageError("xlsx は端末に表示できません。--out FILE を付けてください。")
    reader, rounds = _reader(login), _rounds(round_key)
    if form != TABLE or out is not None:
        _check_files(rounds)
    table = case_table(check_cases(reader, rounds), reader)
    content = _content(table, form, is_for_file=out is not None)
    if out is None:
        click.echo(content, nl=False)
    else:
        out.write_bytes(content)
        click.echo(f"{out} に{len(table.rows)}行を出力しました。", err=True)


def _content(table: Table, form: str, *, is_for_file: bool) -> bytes:
    if form == TABLE:
        return to_text(table).encode()
    if form == FileFormat.CSV and not is_for_file:
        return to_csv(table, bom=False).encode()
    chosen = FileFormat(form)
    return table_file(NAME, table, chosen, counted_at=clock.now(), produced_by=PRODUCED_BY).content


def _reader(login: str) -> User:
    user = find_user(login)
    if user is None or not user.has_role(*SECRETARIAT_ROLES):
        raise click.ClickException(
            f"「{login}」は事務局の仕分け担当、総括、監査のログイン名ではありません。"
        )
    return user


def _rounds(key: str | None) -> list[Round]:
    try:
        return [get_round(key)] if key else real_rounds()
    except DomainError as error:
        raise click.ClickException(f"{error.message}（--round {key}）") from error


def _check_files(rounds: list[Round]) -> None:
    try:
        for round_ in rounds:
            authorize_file(round_)
    except DomainError as error:
        raise click.ClickException(error.message) from error
