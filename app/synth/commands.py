"""Made-up cases from the command line (合成のコマンド)."""

import time

import click
from flask import current_app
from flask.cli import with_appcontext

from app.core.errors import DomainError
from app.synth.making import make_cases
from app.synth.rounds import MOST_ROUNDS
from config import Environment, Settings

IN_PRODUCTION = (
    "本番（APP_ENV=production）では合成の案件を作れません。"
    "公開されたパスワードの利用者ができるためです。"
)


@click.command("synth")
@click.option("--cases", required=True, type=click.IntRange(min=1), help="案件の数。")
@click.option(
    "--seed", default=1, show_default=True, help="乱数の種。同じ種からは同じ案件ができる。"
)
@click.option(
    "--rounds",
    default=10,
    show_default=True,
    type=click.IntRange(1, MOST_ROUNDS),
    help="募集回の数。1年に1回とし、最後の回が今年。",
)
@with_appcontext
def synth_command(cases: int, seed: int, rounds: int) -> None:
    """Write made-up cases for trials of load into a database with the demo (案件の合成)."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.APP_ENV is Environment.PRODUCTION:
        raise click.ClickException(IN_PRODUCTION)
    started = time.monotonic()
    try:
        made = make_cases(cases, seed=seed, rounds=rounds, say=click.echo)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(
        f"合成の案件{made.cases:,}件を作りました。行{made.rows:,}、監査記録{made.entries:,}"
        f"（{time.monotonic() - started:.0f}秒）。"
    )
