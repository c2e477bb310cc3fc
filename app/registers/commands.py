"""Registers on the command line (台帳のコマンド): `flask --app wsgi registers load`."""

import click
from flask.cli import AppGroup

from app.core.unit_of_work import unit_of_work
from app.registers.services import load_registers

registers_commands = AppGroup("registers", help="台帳を登録する。")


@registers_commands.command("load")
def load() -> None:
    """Bring the registers to what was printed (台帳の登録); a second run changes nothing."""
    with unit_of_work():
        loaded = load_registers()
    if any(loaded):
        click.echo(
            f"台帳に{loaded.added}行を加え、以前の形の{loaded.completed}行に列と別名を補いました。"
        )
    else:
        click.echo("台帳は既に登録されています。何も変更しませんでした。")
