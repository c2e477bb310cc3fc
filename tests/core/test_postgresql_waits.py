"""Commands in bulk take their time, pages do not (一括処理の待ち時間, P17)."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from app.core import postgresql_waits
from app.core.database import STATEMENT_TIMEOUT
from app.core.postgresql_waits import ServerSilent, unhurried
from app.extensions import db

LIMIT = text("SHOW statement_timeout")
SLOW = text("SELECT pg_sleep(0.3)")


@pytest.fixture
def engine(shared_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The engine of the product, whose patience is a tenth of a second."""
    monkeypatch.setattr(postgresql_waits, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(postgresql_waits.WaitingConnection, "patience", 0.1)
    with shared_app.app_context():
        db.engine.dispose()
        yield db.engine
        db.engine.dispose()


def is_slow_answered(connection: Connection) -> bool:
    connection.execute(SLOW)
    return True


def test_p17_bulk_command_waits_as_long_as_it_takes(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        return
    with unhurried(), engine.connect() as connection:
        assert connection.scalar(LIMIT) == "0"
        assert is_slow_answered(connection)


def test_p17_after_a_bulk_command_waiting_has_its_limit_again(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        return
    with unhurried(), engine.connect() as connection:
        connection.scalar(LIMIT)
    with engine.connect() as connection:
        assert connection.scalar(LIMIT) == STATEMENT_TIMEOUT
        with pytest.raises(DBAPIError) as silent:
            is_slow_answered(connection)

    assert isinstance(silent.value.orig, ServerSilent)
