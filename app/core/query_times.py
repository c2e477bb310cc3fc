"""How many questions a request puts to the database, and how long they take (照会の数と時間)."""

import time
from typing import Any

from flask import g, has_app_context
from sqlalchemy import Connection, Engine, event

ASKED_AT = "asked_at"


class QueryTimes:
    """Questions of one request (1回の要求の照会): their number and their seconds together."""

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0


def start_counting() -> None:
    """Begin to count for the running request (計り始め)."""
    g.query_times = QueryTimes()


def query_times() -> QueryTimes:
    """Return what was counted so far; zeros outside of a request."""
    found: QueryTimes | None = g.get("query_times") if has_app_context() else None
    return found or QueryTimes()


def watch_queries(engine: Engine) -> None:
    """Count the statements of an engine for whichever request sends them."""
    event.listen(engine, "before_cursor_execute", _note_start)
    event.listen(engine, "after_cursor_execute", _note_end)


def _note_start(connection: Connection, *_told: Any) -> None:
    connection.info[ASKED_AT] = time.perf_counter()


def _note_end(connection: Connection, *_told: Any) -> None:
    times: QueryTimes | None = g.get("query_times") if has_app_context() else None
    if times is not None:
        times.count += 1
        times.seconds += time.perf_counter() - connection.info[ASKED_AT]
