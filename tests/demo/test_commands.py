"""`demo load` and `demo accounts` as they are typed."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import create_app
from app.accounts.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD, ROLE_OF_ACCOUNT
from app.accounts.models import User
from app.accounts.passwords import is_right_password
from app.accounts.queries import find_user
from app.audit.models import AuditEvent
from app.extensions import db


def count_of(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_demo_load_changes_nothing_the_second_time(demo_app: Flask) -> None:
    with demo_app.app_context():
        before = (count_of(db.session, AuditEvent), count_of(db.session, User))

    result = demo_app.test_cli_runner().invoke(args=["demo", "load", "--round", "R6"])

    with demo_app.app_context():
        after = (count_of(db.session, AuditEvent), count_of(db.session, User))
    assert (result.exit_code, result.output) == (
        0,
        "デモは既に読み込まれています。何も変更しませんでした。\n",
    )
    assert after == before


def test_demo_load_names_the_round_it_has(demo_app: Flask) -> None:
    result = demo_app.test_cli_runner().invoke(args=["demo", "load", "--round", "R5"])

    assert (result.exit_code, result.output) == (
        1,
        "Error: デモがある募集回は R6 だけです。--round R6 としてください。\n",
    )


@pytest.mark.parametrize("command", ["load", "accounts"])
def test_demo_refuses_production(tmp_path: Path, command: str) -> None:
    app = create_app(
        {
            "APP_ENV": "production",
            "DATABASE_URL": f"sqlite:///{tmp_path / 'production.sqlite3'}",
            "SECRET_KEY": "a key of this test with more than 32 bytes",
            "PUBLIC_URL": "https://triage.example.invalid",
        }
    )

    result = app.test_cli_runner().invoke(args=["demo", command])

    assert result.exit_code == 1
    assert "本番（APP_ENV=production）ではデモを使えません" in result.output


def test_demo_accounts_shows_address_and_every_sign_in(demo_app: Flask) -> None:
    result = demo_app.test_cli_runner().invoke(args=["demo", "accounts"])

    lines = result.output.splitlines()
    assert lines[0] == "アドレス　　http://127.0.0.1:8000/"
    assert [line.split()[0] for line in lines[3:]] == [account.login for account in DEMO_ACCOUNTS]


def test_demo_accounts_exist_with_role_and_password(demo_session: Session) -> None:
    users = {account.login: find_user(account.login) for account in DEMO_ACCOUNTS}

    roles = {login: user.roles for login, user in users.items() if user is not None}
    hashes = {user.password_hash for user in users.values() if user is not None}

    assert roles == {login: {role} for login, role in ROLE_OF_ACCOUNT.items()}
    assert [is_right_password(found, DEMO_PASSWORD) for found in hashes] == [True]


def test_demo_accounts_are_called_as_the_sign_in_page_says(demo_session: Session) -> None:
    labels = {
        account.login: account.label for account in DEMO_ACCOUNTS if account.login != "observer"
    }

    found = {login: user.label for login in labels if (user := find_user(login)) is not None}

    assert found == labels
