"""The register of bodies from the command line (団体のコマンド)."""

import hashlib
from datetime import date
from pathlib import Path

import click
from flask.cli import AppGroup

from app.accounts.official_list import BUNDLED_AS_OF, BUNDLED_LIST, read_list
from app.accounts.services.body_import import Plan, carry_out, plan_import
from app.core import clock
from app.core.eras import format_date, parse_date
from app.core.errors import DomainError, InvalidInput
from app.core.tabular.reading import read_table_file
from app.core.unit_of_work import unit_of_work

organizations_commands = AppGroup("organizations", help="団体の台帳を扱う。")

LARGEST_FILE = 10 * 1024 * 1024  # bytes; the published list has about 0.2 MB
WORDS = {
    "added": "登録",
    "renamed": "名称の変更",
    "retyped": "団体種別の変更",
    "read_anew": "読み・都道府県名の更新",
    "closed": "廃止",
}


@organizations_commands.command("load")
@click.option(
    "--file",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="全国の団体の一覧（総務省のxlsx、またはcsv）。既定は製品に付属する一覧で、足りない団体だけを加える。",
)
@click.option("--as-of", "as_of_text", default="", help="一覧の変更が効く日。既定は本日。")
@click.option("--dry-run", is_flag=True, help="何が変わるかを示すだけで、書き込まない。")
def load_organizations(path: Path | None, as_of_text: str, dry_run: bool) -> None:
    """Take a list of all local governments over (団体の一覧の取込み); all or nothing."""
    source = path or BUNDLED_LIST
    if source.stat().st_size > LARGEST_FILE:
        raise click.ClickException(f"{source.name} は大きすぎます（10MBまで）。")
    content = source.read_bytes()
    try:
        as_of = _as_of(as_of_text, is_bundled=path is None)
        read = read_list(read_table_file(source.name, content))
        if dry_run:
            _show(plan_import(read, as_of=as_of, is_complete=path is not None), read.wards)
            return
        with unit_of_work():
            plan = plan_import(read, as_of=as_of, is_complete=path is not None)
            carry_out(plan, source=hashlib.sha256(content).hexdigest())
            words = _summary(plan)
    except InvalidInput as error:
        faults = [text for texts in error.errors.values() for text in texts]
        words = "\n".join([f"取り込みません（{len(faults)}件）。", *faults])
        raise click.ClickException(words) from error
    except DomainError as error:
        raise click.ClickException(error.message) from error
    for notice in plan.notices:
        click.echo(f"注意：{notice}。", err=True)
    click.echo(words)


def _as_of(text: str, *, is_bundled: bool) -> date:
    if text:
        return parse_date(text)
    return BUNDLED_AS_OF if is_bundled else clock.today()


def _show(plan: Plan, wards: int) -> None:
    for body in plan.added:
        click.echo(f"登録　{body.code} {body.prefecture} {body.name}")
    for present, listed in plan.renamed:
        click.echo(f"名称の変更　{present.code} {present.name} → {listed.name}")
    for present, org_type in plan.retyped:
        click.echo(f"団体種別の変更　{present.code} {present.name} → {org_type.value}")
    for present, listed in plan.read_anew:
        click.echo(f"読み・都道府県名の更新　{present.code} {present.name} → {listed.reading}")
    for present in plan.closed:
        click.echo(f"廃止　{present.code} {present.name}")
    for notice in plan.notices:
        click.echo(f"注意：{notice}。", err=True)
    if wards:
        click.echo(f"指定都市の行政区{wards}件は、団体ではないため除きました。")
    if plan.errors:
        raise click.ClickException("\n".join([f"誤り（{len(plan.errors)}件）。", *plan.errors]))
    click.echo(f"試行：{_summary(plan)}")


def _summary(plan: Plan) -> str:
    counts = [f"{WORDS[name]}{count:,}件" for name, count in plan.counts.items() if count]
    if not counts:
        return "変わるところはありません。"
    return f"{format_date(plan.as_of)}から：{'、'.join(counts)}。"
