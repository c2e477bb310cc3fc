"""Accounts from the command line (利用者のコマンド)."""

import sys

import click
from flask.cli import AppGroup
from sqlalchemy import or_, select

from app.accounts.models import Organization, Role
from app.accounts.queries import find_user
from app.accounts.services.factor_resets import reset_from_console
from app.accounts.services.names import erase_name
from app.accounts.services.second_factor import has_factor, reseal_all
from app.accounts.services.users import CreateUser, create_user
from app.core.errors import IllegalTransition, InvalidInput
from app.core.unit_of_work import unit_of_work
from app.extensions import db

users_commands = AppGroup("users", help="利用者を登録する。")


@users_commands.command("create")
@click.option("--login", required=True, help="ログインID。")
@click.option(
    "--org", "organization", required=True, help="団体コード、または府省庁・事務局の名称。"
)
@click.option(
    "--role",
    "roles",
    required=True,
    multiple=True,
    type=click.Choice([role.value for role in Role]),
    help="役割。繰り返して指定できる。",
)
@click.option("--name", default="", help="表示名。既定はログインID。")
@click.option("--email", default="", help="メールアドレス。")
@click.option("--password-stdin", is_flag=True, help="パスワードを標準入力から読む。")
def create_user_command(
    login: str,
    organization: str,
    roles: tuple[str, ...],
    name: str,
    email: str,
    password_stdin: bool,
) -> None:
    """Create a user of a body (利用者の登録); the password is asked, or read from stdin."""
    password = _password(password_stdin)
    body = _find_body(organization)
    command = CreateUser(
        login=login,
        display_name=name or login,
        organization_id=body.id,
        roles=tuple(Role(role) for role in roles),
        password=password,
        email=email,
    )
    try:
        with unit_of_work():
            create_user(command, actor=None)
    except InvalidInput as error:
        words = "。".join(text for texts in error.errors.values() for text in texts)
        raise click.ClickException(f"{words}。") from error
    click.echo(f"利用者 {login} を登録しました。")


@users_commands.command("reset-second-factor")
@click.option("--login", required=True, help="ログインID。")
@click.confirmation_option(
    prompt="本人と確かめましたか。二要素認証を解除し、ログインを終わらせます。"
)
def reset_second_factor_command(login: str) -> None:
    """Take a second factor off when nobody is left to approve it (二要素認証の解除)."""
    user = find_user(login)
    if user is None or not has_factor(user):
        raise click.ClickException(f"「{login}」は、二要素認証を使っている利用者ではありません。")
    with unit_of_work():
        reset_from_console(user)
    click.echo(f"利用者 {login} の二要素認証を解除しました。パスワードはそのままです。")


@users_commands.command("reseal-second-factors")
def reseal_command() -> None:
    """Seal the secrets of the second factors with the new SECRET_KEY (鍵の交替)."""
    with unit_of_work():
        sealed, lost = reseal_all()
    click.echo(f"二要素認証の秘密{sealed}件を、いまの鍵で封じ直しました。")
    if lost:
        raise click.ClickException(
            f"{lost}件は、SECRET_KEY でも SECRET_KEY_OLD でも開けません。その人は解除が要ります。"
        )


@users_commands.command("erase-name")
@click.option("--login", required=True, help="ログインID。")
@click.confirmation_option(prompt="氏名とアドレスを消します。元に戻せません。よろしいですか。")
def erase_name_command(login: str) -> None:
    """Erase the name of a person who left, from the account and the trail (氏名の消去)."""
    user = find_user(login)
    if user is None:
        raise click.ClickException(f"利用者「{login}」はいません。")
    try:
        with unit_of_work():
            erase_name(user)
    except IllegalTransition as error:
        raise click.ClickException(error.message) from error
    click.echo(f"利用者 {login} の氏名を消去しました。監査証跡では「消去済み」と出ます。")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    return str(click.prompt("パスワード", hide_input=True, confirmation_prompt=True))


def _find_body(text: str) -> Organization:
    found = db.session.scalars(
        select(Organization).where(or_(Organization.code == text, Organization.name == text))
    ).all()
    if len(found) != 1:
        raise click.ClickException(
            f"団体「{text}」を1つに決められません。団体コードか正式な名称を指定してください。"
        )
    return found[0]
