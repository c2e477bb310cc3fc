"""A database for one measurement, filled with made-up cases, gone afterwards."""

import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from flask import Flask
from sqlalchemy import insert, inspect

from app import create_app
from app.core.text import search_key
from app.core.unit_of_work import unit_of_work
from app.extensions import alembic, db
from app.proposals.models import Proposal
from app.similar.compared import Text
from bench.settings import Settings
from tests.databases import PostgresqlDatabases, PostgresqlServer
from tests.factories import make_accepted, make_world

DEMO_TEXTS = Path(__file__).parents[1] / "app" / "demo" / "data"
ROWS_AT_ONCE = 500


@contextmanager
def scratch_app(settings: Settings) -> Iterator[Flask]:
    """The app on an empty database with its tables, inside an app context."""
    if settings.database == "postgresql":
        server = PostgresqlServer()
        try:
            yield from _app_on(PostgresqlDatabases(server.url).create())
        finally:
            server.stop()
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield from _app_on(f"sqlite:///{folder}/bench.sqlite3")


def _app_on(url: str) -> Iterator[Flask]:
    app = create_app({"APP_ENV": "test", "DATABASE_URL": url})
    with app.app_context():
        alembic.upgrade()
        yield app
        db.session.close()
        db.engine.dispose()


def fill(cases: int) -> None:
    """Put a world of tests and this many accepted cases of its city into the database."""
    with unit_of_work() as session:
        template = make_accepted(make_world())
        columns = {
            column.key: getattr(template, column.key)
            for column in inspect(Proposal).column_attrs
            if column.key != "id"
        }
        for first in range(0, cases, ROWS_AT_ONCE):
            rows = range(first, min(cases, first + ROWS_AT_ONCE))
            session.execute(insert(Proposal), [_row(columns, number) for number in rows])


def _row(columns: dict[str, object], number: int) -> dict[str, object]:
    title, detail = made_up_text(number)
    return {
        **columns,
        "title": title,
        "detail": detail,
        "search_key": search_key(f"{title} {detail}"),
        "receipt_sequence": number + 2,
        "receipt_number": f"R6-{number + 2:05}",
    }


def made_up_text(number: int) -> tuple[str, str]:
    """A title and a detail of some 400 characters, mixed from the sentences of the demo."""
    chance = random.Random(number)
    titles, sentences = _parts()
    return chance.choice(titles), "。".join(chance.sample(sentences, 6))


@cache
def demo_texts() -> list[Text]:
    """Titles and details of the demo's proposals."""
    lines = [
        json.loads(line)
        for path in sorted(DEMO_TEXTS.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return [Text(line["title"], line["detail"]) for line in lines if "detail" in line]


@cache
def _parts() -> tuple[list[str], list[str]]:
    texts = demo_texts()
    sentences = {part for text in texts for part in text.detail.split("。") if len(part) > 9}
    return [text.title for text in texts], sorted(sentences)
