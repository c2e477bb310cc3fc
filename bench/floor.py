"""The floor of the measurements (床): what a page costs without the product around it.

A plain Flask application under the same server. Each view runs the SQL of one page as a careful
engineer would write it by hand, straight through the database driver, and renders the rows with a
bare Jinja loop. No sign-in, no policy, no ORM, no layout. It stands on the same database as the
product (FLOOR_DATABASE_URL, FLOOR_ROUND) and writes its own table beside it.
"""

import os
import threading
import time
from datetime import UTC, datetime
from typing import Any

import psycopg
from flask import Flask, redirect, request
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import make_url
from werkzeug.wrappers import Response

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


def create_app() -> Flask:
    """The application of the floor."""
    app = Flask(__name__, template_folder="floor_pages")
    driver = Driver(os.environ["FLOOR_DATABASE_URL"])
    round_id = int(os.environ["FLOOR_ROUND"])
    day = sql.DAY_SQLITE if driver.is_sqlite else sql.DAY_POSTGRESQL
    pages = {name: app.jinja_env.get_template(f"{name}.html") for name in PAGES}

    @app.get("/list")
    def list_() -> str:
        state = request.args["state"]
        rows = driver.rows(sql.LIST, round_id, state)
        ids = [row[0] for row in rows]
        marks = ",".join("?" * len(ids)) or "NULL"
        names: dict[int, list[str]] = {}
        for case_id, name in driver.rows(sql.REVIEWERS.format(marks=marks), *ids):
            names.setdefault(case_id, []).append(name)
        counts = driver.rows(sql.LIST_COUNTS, state, state, round_id)[0]
        return pages["list"].render(rows=rows, names=names, counts=counts)

    @app.get("/case/<number>")
    def case(number: str) -> str:
        row = driver.rows(sql.CASE, number)[0]
        return pages["case"].render(
            case=row,
            entries=driver.rows(sql.ENTRIES, row[0]),
            assignments=driver.rows(sql.ASSIGNMENTS, row[0]),
            clocks=driver.rows(sql.CLOCKS, row[0]),
        )

    @app.get("/search")
    def search() -> str:
        found = sql.search(driver.rows, request.args["key"], is_sqlite=driver.is_sqlite)
        return pages["search"].render(found=found, word=request.args["q"])

    @app.get("/backlog")
    def backlog() -> str:
        return pages["backlog"].render(
            cells=driver.rows(sql.BACKLOG.format(day=day), round_id),
            holders=driver.rows(sql.HOLDERS, round_id),
        )

    @app.get("/classification")
    def classification() -> str:
        return pages["classification"].render(
            rows=driver.rows(sql.CLASSIFICATION, round_id),
            bodies=driver.rows(sql.BODIES, round_id)[0][0],
        )

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
