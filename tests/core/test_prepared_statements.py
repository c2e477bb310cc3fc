"""Statements that PostgreSQL keeps prepared (準備済みの文)."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from app.core.prepared_statements import PREPARED_AFTER
from app.extensions import db

PREPARED = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT 41%'"


@pytest.fixture
def engine(shared_app: Flask) -> Iterator[Engine]:
    with shared_app.app_context():
        yield db.engine


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.connect() as connection:
        yield connection


def ask(connection: Connection, statement: str, times: int) -> None:
    """Ask often, each time in a transaction that ends as the one of a reading request does."""
    for _ in range(times):
        connection.execute(text(statement), {"more": 1})
        connection.rollback()


def test_statement_stays_prepared_when_a_reading_transaction_ends(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return
    ask(connection, "SELECT 41 + :more", PREPARED_AFTER + 2)

    assert connection.scalar(text(PREPARED)) == 1


def test_p15_connection_whose_statement_a_migration_outdated_is_given_up(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as reader, engine.connect() as migration:
        migration.execute(text("CREATE TABLE outdated (value integer)"))
        migration.commit()
        try:
            asked = "SELECT value FROM outdated WHERE :more = 1"
            ask(reader, asked, PREPARED_AFTER + 2)
            migration.execute(text("ALTER TABLE outdated ALTER value TYPE text USING value"))
            migration.commit()
            with pytest.raises(DBAPIError) as refused:
                ask(reader, asked, 1)
            assert refused.value.connection_invalidated
        finally:
            migration.rollback()
            migration.execute(text("DROP TABLE outdated"))
            migration.commit()
