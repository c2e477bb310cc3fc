"""Checking and sealing the trail from the command line (監査証跡のコマンド)."""

import click
from flask.cli import AppGroup

from app.audit.checkpoints import prepare_checkpoint, verify_sealed
from app.audit.reading_digest import broken_days
from app.audit.services import Subject, record
from app.core.unit_of_work import unit_of_work

audit_commands = AppGroup("audit", help="監査証跡を検証し、封印する。")


@audit_commands.command("verify")
@click.option("--readings", is_flag=True, help="閲覧の記録も、日ごとの封と照合する。")
def verify_audit(readings: bool) -> None:
    """Check the chain and its checkpoints; exit 1 and name the first broken entry (検証)."""
    result = verify_sealed()
    for words in result.warnings:
        click.echo(f"注意：{words}。", err=True)
    chain = result.chain
    if not chain.is_intact:
        raise click.ClickException(f"監査記録 {chain.broken_seq} 番：{chain.problem}。")
    click.echo(f"監査記録 {chain.entries}件：異常はありません。")
    if result.seals:
        click.echo(f"封印 {result.seals}件と一致しました。")
    if readings:
        _verify_readings()


def _verify_readings() -> None:
    if days := broken_days():
        names = "、".join(day.isoformat() for day in days)
        raise click.ClickException(f"閲覧の記録が封と合いません：{names}。")
    click.echo("閲覧の記録：日ごとの封と一致しました。")


@audit_commands.command("checkpoint")
@click.option("--after-restore", is_flag=True, help="復元で記録が戻ったことを封印に残す。")
@click.option("--new-file", is_flag=True, help="封印のファイルを新しく作り、今までの封印を写す。")
def make_checkpoint(after_restore: bool, new_file: bool) -> None:
    """Seal the trail as it is now (封印); after a restore, say that what came after is lost."""
    if after_restore:
        with unit_of_work():
            record("audit.restart", Subject(type="audit", id=None), actor=None)
    try:
        note = prepare_checkpoint(is_restart=after_restore, starts_file=new_file)
    except OSError as error:
        raise click.ClickException(f"封印を書けませんでした：{error.strerror}。") from error
    with unit_of_work():
        made = note()
    click.echo("監査証跡を封印しました。" if made else "前の封印から、記録は増えていません。")
