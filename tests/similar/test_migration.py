"""Stored search keys when the rule of folding changes (移行 0007): old cases are found alike."""

from flask import Flask
from sqlalchemy import text

from app.core.text import search_key
from app.core.unit_of_work import unit_of_work
from app.extensions import alembic, db
from tests.factories import make_submitted, make_world

TITLE = "サーバー室とユーザーの管理"


def stored_key() -> str:
    with db.engine.begin() as connection:
        return str(connection.execute(text("SELECT search_key FROM proposal")).scalar_one())


def test_keys_are_folded_anew_both_ways(committed_app: Flask) -> None:
    with committed_app.app_context():
        with unit_of_work():
            make_submitted(make_world(), title=TITLE, detail="ﾃﾞｰﾀｰ")
        db.session.close()

        alembic.downgrade("0006")
        before = stored_key()
        alembic.upgrade("0007")
        after = stored_key()

    assert before == "さーばー室とゆーざーの管理 でーたー"
    assert after == search_key(f"{TITLE} ﾃﾞｰﾀｰ") == "さーば室とゆーざの管理 でーた"
