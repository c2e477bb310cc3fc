"""The integrity check on the command line (整合性の検証のコマンド)."""

import sys
import time

import click
from flask.cli import with_appcontext

from app.integrity.checks import RULES, Result, verify_all
from app.integrity.snapshot import snapshot

ALL_WELL = "異常はありません。"


@click.command("verify")
@click.option(
    "--only",
    multiple=True,
    type=click.Choice([rule.name for rule in RULES]),
    help="この規則だけを検証する（いくつでも）。既定は全部。",
)
@with_appcontext
def verify_command(only: tuple[str, ...]) -> None:
    """保存されているものの整合性を検証する（異常があれば終了コード1）。"""
    if not verify_and_tell(only):
        sys.exit(1)


def verify_and_tell(only: tuple[str, ...] = ()) -> bool:
    """Verify, tell each result as it comes, and say whether all is well (検証と報告)."""
    rules = [rule for rule in RULES if not only or rule.name in only]
    started = time.monotonic()
    found = 0
    with snapshot() as connection:
        for result in verify_all(connection, rules):
            found += result.tally.found
            tell(result)
    seconds = time.monotonic() - started
    words = ALL_WELL if not found else f"異常が{found}件あります。"
    click.echo(f"整合性の検証：{words}（{seconds:.1f}秒）", err=bool(found))
    return not found


def tell(result: Result) -> None:
    """Write what one rule looked at, and each finding (規則の報告)."""
    rule, tally = result.rule, result.tally
    words = "異常なし" if not tally.found else f"異常{tally.found}件"
    click.echo(f"{rule.title}：{tally.examined:,}{rule.unit}、{words}")
    if tally.note:
        click.echo(f"  （{tally.note}）")
    for finding in tally:
        click.echo(f"  [{rule.name}] {finding}", err=True)
    left = tally.found - len(tally.findings)
    if left:
        click.echo(f"  [{rule.name}] ほかに{left}件", err=True)
