"""How the database answers the pages (実行計画): EXPLAIN of what the product really asks."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.extensions import db
from bench.serving.pages import PAGES
from bench.serving.world import World, app_on, database, prepare
from bench.settings import Settings, say
from tests.factories import PASSWORD

NO_QUESTIONS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET ", "PRAGMA")
# Of the frame and the session every page asks the same: they are told once, with the first page.
BEGINNING = 110

Question = tuple[str, Any]


def run(settings: Settings) -> None:
    """Print the plan of every statement that the measured pages really send (実行計画)."""
    with database(settings) as url:
        world = prepare(url, 0)
        with app_on(url) as app:
            client = _signed_in(app, world)
            told: set[str] = set()
            for page in PAGES:
                if page.is_change or (settings.pages and page.name not in settings.pages):
                    continue
                path = page.product(world, True)[0]["path"]
                say(f"\n{page.name}  {path}")
                for statement, values in _asked(client, path):
                    if statement not in told:
                        told.add(statement)
                        _tell(statement, values)


def _signed_in(app: Flask, world: World) -> FlaskClient:
    client = app.test_client()
    page = client.get("/login").get_data(as_text=True)
    fields = dict(re.findall(r'name="(csrf_token|form_key)"[^>]*value="([^"]*)"', page))
    client.post("/login", data={**fields, "login": world.login, "password": PASSWORD})
    return client


def _asked(client: FlaskClient, path: str) -> list[Question]:
    """Statements of one page, asked for the second time."""
    client.get(path)
    with _noted() as questions:
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return questions


@contextmanager
def _noted() -> Iterator[list[Question]]:
    questions: list[Question] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        if not statement.startswith(NO_QUESTIONS):
            questions.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield questions
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _tell(statement: str, values: Any) -> None:
    explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    tables = re.findall(r"(?:FROM|JOIN) (\w+)", statement)
    columns = " ".join(statement.split())[:BEGINNING]
    say(f"  {columns} … [{', '.join(dict.fromkeys(tables))}]")
    with db.engine.connect() as connection:
        for row in connection.exec_driver_sql(f"{explain} {statement}", values):
            say(f"      {row[-1]}")
