"""The demo from the command line (見本データのコマンド)."""

import time

import click
from flask import current_app
from flask.cli import AppGroup

from app.accounts.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from app.core.errors import DomainError
from app.core.unit_of_work import unit_of_work
from app.demo.loading import is_loaded, load_demo
from app.demo.rounds import R6
from app.registers.services import load_registers
from config import Environment, Settings

demo_commands = AppGroup("demo", help="令和6年のデモを読み込む・ログインの一覧を表示する。")

IN_PRODUCTION = (
    "本番（APP_ENV=production）ではデモを使えません。公開されたパスワードの利用者ができるためです。"
)


@demo_commands.command("load")
@click.option("--round", "round_key", default=R6, show_default=True, help="読み込む募集回。")
def load(round_key: str) -> None:
    """Load the demo of 令和6年 and a practice round (読込み); a second run changes nothing."""
    _refuse_production()
    if round_key != R6:
        raise click.ClickException(
            f"デモがある募集回は {R6} だけです。--round {R6} としてください。"
        )
    if is_loaded():
        _complete_registers()
        return
    started = time.monotonic()
    click.echo("デモを読み込んでいます。")
    try:
        load_demo(click.echo)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"デモを読み込みました（{time.monotonic() - started:.0f}秒）。")


def _complete_registers() -> None:
    """Bring the registers of a demo that was loaded before to their present form (台帳)."""
    with unit_of_work():
        loaded = load_registers()
    if any(loaded):
        done = f"台帳の{loaded.completed}行に列と別名を補い、{loaded.added}行を加えました"
        click.echo(f"デモは既に読み込まれています。{done}。")
    else:
        click.echo("デモは既に読み込まれています。何も変更しませんでした。")


@demo_commands.command("accounts")
def show_accounts() -> None:
    """Show the addresses and the sign-ins of the demo (ログインの一覧)."""
    _refuse_production()
    click.echo(f"アドレス　　http://127.0.0.1:{_settings().PORT}/")
    click.echo(f"パスワード　{DEMO_PASSWORD}（全員共通）")
    click.echo("ログインID")
    width = max(len(account.login) for account in DEMO_ACCOUNTS)
    for account in DEMO_ACCOUNTS:
        click.echo(f"  {account.login:<{width}}  {account.label}")


def _refuse_production() -> None:
    if _settings().APP_ENV is Environment.PRODUCTION:
        raise click.ClickException(IN_PRODUCTION)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
