"""One moment of the whole database (一時点の読取り), however long it is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Executable

from app.core.postgresql_waits import wait_without_end
from app.extensions import db

BATCH = 2000  # rows in memory at a time


@contextmanager
def snapshot() -> Iterator[Connection]:
    """Open one moment of the database for reading (一時点): others go on writing meanwhile.

    The limits of a page do not hold: to read everything takes as long as it takes.
    """
    with db.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # Changes the connection itself, until it goes back to the pool.
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            wait_without_end(connection.connection.driver_connection)
        yield connection


def stream(connection: Connection, statement: Executable) -> Iterator[Any]:
    """Read the rows of a statement in batches (逐次の読取り)."""
    options = {"stream_results": True, "yield_per": BATCH}
    with connection.execute(statement, execution_options=options) as result:
        yield from result
