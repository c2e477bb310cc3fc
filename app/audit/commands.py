"""Checking the trail from the command line (監査証跡のコマンド)."""

import click
from flask.cli import AppGroup

from app.audit.services import verify
from app.extensions import db

audit_commands = AppGroup("audit", help="監査証跡を検証する。")


@audit_commands.command("verify")
def verify_audit() -> None:
    """Check the chain; exit 1 and name the first broken entry when there is one (検証)."""
    result = verify(db.session)
    if not result.is_intact:
        raise click.ClickException(f"監査記録 {result.broken_seq} 番：{result.problem}。")
    click.echo(f"監査記録 {result.entries}件：異常はありません。")
