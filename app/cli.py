"""Commands of the product (コマンド): `flask --app wsgi …`."""

from flask import Flask

COMMANDS = ()


def init_commands(app: Flask) -> None:
    """Add the commands of the rooms to the `flask` command."""
    for command in COMMANDS:
        app.cli.add_command(command)
