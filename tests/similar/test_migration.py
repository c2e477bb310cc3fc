"""Stored search keys when the rule of folding changes (移行 0007): old cases are found alike."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.text import search_key
from app.core.unit_of_work import unit_of_work
from app.extensions import alembic, db
from tests.conftest import close_connections, make_app
from tests.factories import make_submitted, make_world

TITLE = "サーバー室とユーザーの管理"


@pytest.fixture
def empty_app(empty_database: str) -> Iterator[Flask]:
    app = make_app(empty_database)
    with app.app_context():
        yield app
    close_connections(app)


def stored_key() -> str:
    with db.engine.begin() as connection:
        return str(connection.execute(text("SELECT search_key FROM proposal")).scalar_one())


def test_keys_are_folded_anew_both_ways(empty_app: Flask) -> None:
    alembic.upgrade()
    with unit_of_work():
        make_submitted(make_world(), title=TITLE, detail="ﾃﾞｰﾀｰ")
    db.session.close()

    alembic.downgrade("0006")
    before = stored_key()
    alembic.upgrade()

    assert before == "さーばー室とゆーざーの管理 でーたー"
    assert stored_key() == search_key(f"{TITLE} ﾃﾞｰﾀｰ") == "さーば室とゆーざの管理 でーた"
