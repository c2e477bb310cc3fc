"""Statements that PostgreSQL keeps prepared, so that it plans them once (準備済みの文).

A page asks the same small questions again and again: to plan them takes longer than to answer them.
"""

from typing import Any

import psycopg
from psycopg._preparing import PrepareManager
from sqlalchemy import Engine, ExceptionContext, event

# From this repetition on a connection keeps a statement, and how many it keeps at most.
PREPARED_AFTER = 2
MOST_PREPARED = 300


class PreparingConnection(psycopg.Connection[Any]):
    """A connection that still knows its statements after a ROLLBACK (準備済みの文)."""

    def rollback(self) -> None:
        """Undo the transaction as the parent does, and keep what is prepared.

        The parent forgets all of it, for a table might be gone that was made meanwhile. Here every
        request that only reads ends so: nothing would ever stay prepared.
        """
        kept, self._prepared = self._prepared, PrepareManager()
        try:
            super().rollback()
        finally:
            self._prepared = kept


def keep_prepared(engine: Engine) -> None:
    """Have the connections of a PostgreSQL engine keep what they prepared (準備済みの文)."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _prepare_soon)
        event.listen(engine, "handle_error", _give_up_outdated)


def _prepare_soon(driver_connection: psycopg.Connection[Any], _record: object) -> None:
    driver_connection.prepare_threshold = PREPARED_AFTER
    driver_connection.prepared_max = MOST_PREPARED


def _give_up_outdated(context: ExceptionContext) -> None:
    # A migration gave a column another type: the statement is refused for good, its connection is
    # given up like a lost one, and the request is tried again.
    if isinstance(context.original_exception, psycopg.errors.FeatureNotSupported):
        context.is_disconnect = True
