"""How the database answers the pages (実行計画): EXPLAIN of what the product really asks."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.extensions import db
from bench.serving.pages import PAGES, PageKind, Request, changes_of_product
from bench.serving.world import World, app_on, database, prepare
from bench.settings import Settings, say
from tests.factories import PASSWORD

# Both sides of a measurement take a case each; the plans need two of the product's.
CHANGES = 4
OK = 200
NO_QUESTIONS = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET ", "PRAGMA")
# Of the frame and the session every page asks the same: they are told once, with the first page.
BEGINNING = 110

Question = tuple[str, Any]


def run(settings: Settings) -> None:
    """Print the plan of every statement that the measured pages really send (実行計画)."""
    with database(settings) as url:
        world = prepare(url, CHANGES)
        with app_on(url) as app:
            client = _signed_in(app, world)
            told: set[str] = set()
            for page in PAGES:
                if settings.pages and page.name not in settings.pages:
                    continue
                asked = _requests(client, world, page)
                say(f"\n{page.name}  {asked[-1]['path']}")
                for statement, values in _asked(client, asked):
                    if statement not in told:
                        told.add(statement)
                        _tell(statement, values)


def _signed_in(app: Flask, world: World) -> FlaskClient:
    client = app.test_client()
    form = {**_fields(client), "login": world.login, "password": PASSWORD}
    _answer(client, {"method": "POST", "path": "/login", "form": form})
    return client


def _answer(client: FlaskClient, asked: Request) -> TestResponse:
    """Ask in a context of its own, as the server does: nothing is left over from before."""
    with client.application.app_context():
        return client.open(asked["path"], method=asked["method"], data=asked.get("form"))


def _fields(client: FlaskClient) -> dict[str, str]:
    """Token and key of a form, of the sign-in or of a page behind it (様式の鍵)."""
    answer = _answer(client, {"method": "GET", "path": "/proposals"})
    if answer.status_code != OK:
        answer = _answer(client, {"method": "GET", "path": "/login"})
    page = answer.get_data(as_text=True)
    return dict(re.findall(r'name="(csrf_token|form_key)"[^>]*value="([^"]*)"', page))


def _requests(client: FlaskClient, world: World, page: PageKind) -> list[Request]:
    """The page asked twice, or two changes: the first fills what the process keeps (慣らし)."""
    if page.is_change:
        return changes_of_product(world, _fields(client)["csrf_token"])[:2]
    return [page.product(world)[0]] * 2


def _asked(client: FlaskClient, requests: list[Request]) -> list[Question]:
    """Statements of the last of some requests."""
    told: list[list[Question]] = []
    for asked in requests:
        with _noted() as questions:
            answer = _answer(client, asked)
        if answer.status_code != asked["status"]:
            raise RuntimeError(f"{asked['path']} answered {answer.status}")
        told.append(questions)
    return told[-1]


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
    # Many rows in one call have one plan.
    values = values[0] if isinstance(values, list) else values
    explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    tables = re.findall(r"(?:FROM|JOIN) (\w+)", statement)
    columns = " ".join(statement.split())[:BEGINNING]
    say(f"  {columns} … [{', '.join(dict.fromkeys(tables))}]")
    with db.engine.connect() as connection:
        for row in connection.exec_driver_sql(f"{explain} {statement}", values):
            say(f"      {row[-1]}")
