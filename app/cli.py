"""Commands of the product (コマンド): `flask --app wsgi …`."""

import click
from flask import Flask
from flask.cli import AppGroup

from app.accounts.body_commands import organizations_commands
from app.accounts.commands import users_commands
from app.audit.commands import audit_commands
from app.backup.commands import backup_commands
from app.demo.commands import demo_commands
from app.discrepancies.commands import discrepancies_commands
from app.exchange.commands import export_commands, import_commands
from app.health.commands import check_deploy_command
from app.integrity.commands import verify_command
from app.jobs.commands import jobs_commands, scheduler_command
from app.jobs.serve import serve_command
from app.papers.commands import paper_commands
from app.registers.commands import registers_commands
from app.reports.commands import report_command
from app.search.commands import search_commands
from app.synth.commands import synth_command
from app.workflow import diagram

workflow_commands = AppGroup("workflow", help="状態遷移の表を扱う。")

COMMANDS = (
    audit_commands,
    backup_commands,
    check_deploy_command,
    demo_commands,
    discrepancies_commands,
    export_commands,
    import_commands,
    jobs_commands,
    organizations_commands,
    paper_commands,
    registers_commands,
    report_command,
    scheduler_command,
    search_commands,
    serve_command,
    synth_command,
    users_commands,
    verify_command,
    workflow_commands,
)


def init_commands(app: Flask) -> None:
    """Add the commands of the rooms to the `flask` command."""
    for command in COMMANDS:
        app.cli.add_command(command)


@workflow_commands.command("diagram")
def draw_diagram() -> None:
    """Write the page of the states anew from the table (状態遷移図)."""
    diagram.write_readme(diagram.README)
    click.echo(f"{diagram.README.name} を書き直しました。")
