"""Commands of the product (コマンド): `flask --app wsgi …`."""

from flask import Flask

from app.accounts.commands import users_commands
from app.audit.commands import audit_commands
from app.jobs.commands import jobs_commands, scheduler_command
from app.jobs.serve import serve_command

COMMANDS = (
    audit_commands,
    jobs_commands,
    scheduler_command,
    serve_command,
    users_commands,
)


def init_commands(app: Flask) -> None:
    """Add the commands of the rooms to the `flask` command."""
    for command in COMMANDS:
        app.cli.add_command(command)
