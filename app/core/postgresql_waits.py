"""Waiting for PostgreSQL no longer than a person does (応答の待ち時間, P17).

The limits of the server hold only while it lives and is heard: one that was stopped, or a line that
swallows everything, would be waited for without end.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from flask import g, has_request_context
from psycopg.abc import RV, PQGen
from sqlalchemy import Connection, Engine, event

from app.core.prepared_statements import PreparingConnection

# A little longer than the server takes to give up a statement by itself (STATEMENT_TIMEOUT).
PATIENCE_SECONDS = 12.0
# What the slow answers to one request may take together; an answer is slow from SLOW_SECONDS on.
REQUEST_SECONDS = 20.0
SLOW_SECONDS = 0.5
SPENT = "seconds_of_slow_answers"

_is_unhurried: ContextVar[bool] = ContextVar("is_unhurried", default=False)


class ServerSilent(psycopg.OperationalError):
    """The server did not answer in time; the connection is given up (応答なし)."""


class WaitingConnection(PreparingConnection):
    """A connection that gives up a server that says nothing (応答待ちの上限)."""

    # Seconds; None waits without end, for what reads or changes everything.
    patience: float | None = PATIENCE_SECONDS

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for the server as the parent does. Raises ServerSilent when it took too long."""
        if timeout is not None or self.patience is None or _is_unhurried.get():
            return super().wait(gen, interval, timeout)
        began = time.monotonic()
        try:
            return super().wait(gen, interval, min(self.patience, _left_of_request()))
        except psycopg.errors._WaitTimeout as error:
            self.close()
            raise ServerSilent("no answer in time") from error
        finally:
            _note(time.monotonic() - began)


def _left_of_request() -> float:
    spent: float = g.get(SPENT, 0.0) if has_request_context() else 0.0
    return max(0.0, REQUEST_SECONDS - spent)


def _note(seconds: float) -> None:
    if seconds >= SLOW_SECONDS and has_request_context():
        setattr(g, SPENT, g.get(SPENT, 0.0) + seconds)


def limit_waits(engine: Engine) -> None:
    """Have every connection of a PostgreSQL engine give up a silent server (応答待ちの上限)."""
    if engine.dialect.name == "postgresql":
        event.listen(engine, "do_connect", _connect)
        event.listen(engine, "checkin", _be_impatient)
        event.listen(engine, "begin", _begin)


@contextmanager
def unhurried() -> Iterator[None]:
    """Take as long as it takes (一括処理), for a command that reads or writes in bulk.

    Nobody waits for a page, and a statement over everything is no sign of a silent server. It is
    for the transactions that begin inside; how long they wait for a lock stays as it is.
    """
    token = _is_unhurried.set(True)
    try:
        yield
    finally:
        _is_unhurried.reset(token)


def _begin(connection: Connection) -> None:
    if _is_unhurried.get():
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def wait_without_end(driver_connection: object) -> None:
    """Wait for a long work as long as it takes (時間のかかる処理), until the connection is back."""
    if isinstance(driver_connection, WaitingConnection):
        driver_connection.patience = None


def _connect(_dialect: object, _record: object, words: Any, named: Any) -> WaitingConnection:
    return WaitingConnection.connect(*words, **named)


def _be_impatient(driver_connection: object, _record: object) -> None:
    if isinstance(driver_connection, WaitingConnection):
        driver_connection.patience = PATIENCE_SECONDS
