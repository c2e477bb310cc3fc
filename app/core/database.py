"""Safe opening of the database (P12): what SQLite needs, and the refusal of an unsafe engine."""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

from flask import Flask
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from app.core.database_place import network_system_of
from app.extensions import IS_MIGRATING

# From this version on SQLite is free of the WAL-reset bug, which corrupts a file that two
# connections write and checkpoint at once.
SAFE_SQLITE = (3, 51, 3)

BUSY_TIMEOUT_SECONDS = 15
LOCK_TIMEOUT = "4s"
STATEMENT_TIMEOUT = "10s"

logger = logging.getLogger(__name__)
is_writing: ContextVar[bool] = ContextVar("is_writing", default=False)


class UnsafeDatabase(Exception):
    """The database engine may lose or corrupt data; the message says what to change."""


def engine_options(url: str) -> dict[str, Any]:
    """Options of the engine for a database URL: SQLite through its own, current library."""
    if url.startswith("sqlite:"):
        return {
            "url": url,
            "hide_parameters": True,
            "module": sqlite,
            "pool_use_lifo": True,
            "connect_args": {"timeout": BUSY_TIMEOUT_SECONDS},
        }
    return {
        "url": url,
        # What a person typed stands in no error and so in no log.
        "hide_parameters": True,
        # The one that was used last knows most: its statements are prepared, its pages read.
        "pool_use_lifo": True,
        "pool_pre_ping": True,
        "pool_timeout": 5,
        "connect_args": {
            "connect_timeout": 3,
            "options": f"-c lock_timeout={LOCK_TIMEOUT} -c statement_timeout={STATEMENT_TIMEOUT}",
        },
    }


def check_sqlite_version(version: tuple[int, ...]) -> None:
    """Refuse an SQLite library with the WAL-reset bug (P12). Raises UnsafeDatabase."""
    if version < SAFE_SQLITE:
        found = ".".join(map(str, version))
        needed = ".".join(map(str, SAFE_SQLITE))
        raise UnsafeDatabase(
            f"SQLite {found} には、複数の接続でファイルを壊す不具合があります。"
            f"{needed} 以上（pysqlite3 の新しい版）を入れるか、PostgreSQL を使ってください。"
        )


def check_place(database: str) -> None:
    """Refuse an SQLite file on a network file system (P12). Raises UnsafeDatabase."""
    kind = network_system_of(Path(database)) if database not in ("", ":memory:") else ""
    if kind:
        raise UnsafeDatabase(
            f"SQLite のファイルが、ネットワーク上のフォルダー（{kind}）にあります。排他が効かず、"
            "データが壊れます。この機械のディスクに置くか、PostgreSQL を使ってください。"
        )


def close_in_turn(app: Flask) -> None:
    """Let no request start a thread of its own in order to close sessions that nobody opened.

    The extension closes asynchronous sessions, too, at the end of every request; there are none.
    By then the answer is made: a connection that was lost since cannot turn it into a 500 (P17).
    """
    app.teardown_appcontext_funcs[:] = [
        _closing(close) for close in app.teardown_appcontext_funcs if not iscoroutinefunction(close)
    ]


def _closing(close: Callable[..., Any]) -> Callable[[BaseException | None], None]:
    def close_or_tell(error: BaseException | None) -> None:
        try:
            close(error)
        except DBAPIError as trouble:
            logger.warning("a connection was lost before its end: %s", type(trouble.orig).__name__)

    return close_or_tell


def open_safely(engine: Engine) -> None:
    """Make every connection of an SQLite engine durable and its writers wait in line (P12)."""
    if engine.dialect.name != "sqlite":
        return
    check_sqlite_version(sqlite.sqlite_version_info)
    check_place(engine.url.database or "")
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _begin)


def _prepare_connection(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself, or savepoints commit for real.
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", "mmap_size=0"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # A reader that turns writer fails at once when another wrote in between: writers ask first.
    asks_first = is_writing.get() or IS_MIGRATING in connection.info
    connection.exec_driver_sql("BEGIN IMMEDIATE" if asks_first else "BEGIN")
