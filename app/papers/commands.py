"""The meeting paper on the command line (会議資料のコマンド): `flask --app wsgi paper make`."""

from pathlib import Path

import click
from flask.cli import AppGroup

from app.core.errors import DomainError
from app.core.unit_of_work import unit_of_work
from app.papers.drawing import content_of
from app.papers.files import PaperFormat, paper_bytes
from app.papers.queries import find_paper, get_paper
from app.papers.services import MakePaper, make_paper
from app.rounds.models import Round
from app.rounds.queries import current_round, get_round

paper_commands = AppGroup("paper", help="会議資料を作る。")
BY_COMMAND = "コマンドによる作成"


@paper_commands.command("make")
@click.option("--round", "round_key", metavar="KEY", help="募集回（例：R6）。既定は現在の募集回。")
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in PaperFormat]),
    default=PaperFormat.PDF.value,
    show_default=True,
    help="ファイルの形式。",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="出力ファイル。",
)
@click.option("--reason", default=BY_COMMAND, show_default=True, help="作る理由。資料に載る。")
def make_command(round_key: str | None, form: str, out: Path, reason: str) -> None:
    """Make the next version of the paper of a round, and write it into a file (会議資料の作成)."""
    try:
        round_ = _round(round_key)
        with unit_of_work():
            paper = make_paper(MakePaper(round=round_, reason=reason), actor=None)
            number = paper.number
    except DomainError as error:
        raise click.ClickException(error.message) from error
    paper, previous = get_paper(round_, number), find_paper(round_, number - 1)
    out.write_bytes(paper_bytes(paper, previous, PaperFormat(form)))
    click.echo(f"{round_.label}の会議資料（第{number}版）を {out} に出力しました。", err=True)
    for check in content_of(paper).failing:
        click.echo(f"検算（不一致）：{check.words}", err=True)


def _round(key: str | None) -> Round:
    found = get_round(key) if key else current_round()
    if found is None:
        raise click.ClickException("募集回がありません。--round で募集回を指定してください。")
    return found
