"""The floor of the measurements (床): what a page costs without the product around it.

A plain Flask application under the same server. Each view runs the SQL of one page as a careful
engineer would write it by hand, straight through the database driver, and renders the rows with a
bare Jinja loop. No sign-in, no policy, no ORM, no layout. It stands on the same database as the
product (FLOOR_DATABASE_URL, FLOOR_ROUND) and writes its own table beside it.
"""

import os
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import psycopg
from flask import Flask, redirect, request
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import make_url
from werkzeug.wrappers import Response

from bench import floor_reports
from bench import floor_sql as sql

BUSY_TIMEOUT_SECONDS = 15
PAGES = ("list", "case", "search", "backlog", "classification")


class Driver:
    """One connection of the driver for each thread (接続)."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._of_thread = threading.local()

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file."""
        return self._url.drivername.startswith("sqlite")

    def rows(self, statement: str, *values: object) -> list[Any]:
        """Rows of a question."""
        found: list[Any] = self._connection().execute(self._said(statement), values).fetchall()
        return found

    def among(self, statement: str, values: Sequence[object]) -> list[Any]:
        """Rows of a question about several values (`{marks}`)."""
        marks = ",".join("?" * len(values)) or "NULL"
        return self.rows(statement.format(marks=marks), *values)

    def write(self, *statements: tuple[str, tuple[object, ...]]) -> int:
        """Run statements in one durable transaction; tell how many rows the first one changed."""
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        try:
            counts = [
                connection.execute(self._said(text), values).rowcount for text, values in statements
            ]
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        return int(counts[0])

    def _said(self, statement: str) -> str:
        return statement if self.is_sqlite else statement.replace("%", "%%").replace("?", "%s")

    def _connection(self) -> Any:
        if not hasattr(self._of_thread, "connection"):
            self._of_thread.connection = self._open()
        return self._of_thread.connection

    def _open(self) -> Any:
        if self.is_sqlite:
            # As the product opens it: the same library, the same durability.
            connection = sqlite.connect(self._url.database, timeout=BUSY_TIMEOUT_SECONDS)
            connection.isolation_level = None
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "mmap_size=0"):
                connection.execute(f"PRAGMA {pragma}")
            return connection
        plain = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True)


def _by_first(rows: list[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row[1:])
    return found


def create_app() -> Flask:
    """The application of the floor."""
    app = Flask(__name__, template_folder="floor_pages")
    driver = Driver(os.environ["FLOOR_DATABASE_URL"])
    round_id = int(os.environ["FLOOR_ROUND"])
    pages = {name: app.jinja_env.get_template(f"{name}.html") for name in PAGES}

    @app.get("/list")
    def list_() -> str:
        state = request.args["state"]
        found = driver.rows(sql.LIST, round_id, state)
        rows = found[: sql.LIST_PAGE]
        cases = [row[0] for row in rows]
        return pages["list"].render(
            rows=rows,
            has_more=len(found) > sql.LIST_PAGE,
            names=_by_first(driver.among(sql.REVIEWERS, cases)),
            labels=_by_first(driver.among(sql.LABELS, cases)),
            types=_by_first(driver.among(sql.TYPES, list({row[8] for row in rows}))),
            closed=driver.rows(sql.CLOSING_DAYS),
            counts=driver.rows(sql.LIST_COUNTS, *[round_id] * len(sql.STATES))[0],
            choices=[driver.rows(choice, round_id) for choice in sql.CHOICES]
            + [driver.rows(choice) for choice in sql.CHOICES_OF_ALL],
        )

    @app.get("/case/<number>")
    def case(number: str) -> str:
        row = driver.rows(sql.CASE, number)[0]
        return pages["case"].render(
            case=row,
            beside=driver.rows(sql.BESIDE, *[row[0]] * sql.BESIDE_COUNT)[0],
            lists=[driver.rows(question, row[0]) for question in sql.OF_CASE],
            fields=driver.rows(sql.FIELDS, row[18]),
            closed=driver.rows(sql.CLOSING_DAYS),
        )

    @app.get("/search")
    def search() -> str:
        found = sql.search(driver.rows, request.args["key"], is_sqlite=driver.is_sqlite)
        return pages["search"].render(found=found, word=request.args["q"])

    @app.get("/backlog")
    def backlog() -> str:
        figures = floor_reports.backlog(driver.rows, round_id, is_sqlite=driver.is_sqlite)
        return pages["backlog"].render(**figures)

    @app.get("/classification")
    def classification() -> str:
        return pages["classification"].render(**floor_reports.classification(driver.rows, round_id))

    @app.post("/change/<number>")
    def change(number: str) -> Response:
        now = datetime.fromtimestamp(time.time(), UTC)
        now = now.replace(tzinfo=None) if driver.is_sqlite else now
        when = now.isoformat(" ") if driver.is_sqlite else now
        version = int(request.form["version"])
        changed = driver.write(
            (sql.CHANGE, (when, number, version)),
            (sql.CHANGE_ENTRY, (number, when, "case.assign", "accepted", "in_review")),
        )
        if changed != 1:
            raise ValueError("the case was prepared for another version")
        return redirect(f"/case/{number}")

    return app
