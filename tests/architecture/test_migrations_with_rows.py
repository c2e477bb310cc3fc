"""Migrations over a database in use (移行): rows stay, also where SQLite rebuilds a table."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from app.extensions import alembic, db
from tests.conftest import close_connections, make_app

ROWS = (
    "INSERT INTO organization (id, kind, name, code, is_sample)"
    " VALUES (1, 'local_government', '甲子市', '902012', false)",
    "INSERT INTO organization_type (organization_id, valid_from, org_type)"
    " VALUES (1, '2020-04-01', 'city')",
    "INSERT INTO user_account"
    " (id, login, display_name, organization_id, password_hash, created_at, version)"
    " VALUES (1, 'city', '担当者', 1, 'x', '2024-01-01 00:00:00', 1)",
)
READ = (
    "SELECT o.name, t.org_type, u.login FROM organization o"
    " JOIN organization_type t ON t.organization_id = o.id"
    " JOIN user_account u ON u.organization_id = o.id"
)


@pytest.fixture
def used_app(empty_database: str) -> Iterator[Flask]:
    app = make_app(empty_database)
    with app.app_context():
        alembic.upgrade("0002")
        with db.engine.begin() as connection:
            for row in ROWS:
                connection.execute(text(row))
        yield app
    close_connections(app)


def rows() -> list[tuple[str, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(READ))]


def test_rows_survive_the_way_up_and_down(used_app: Flask) -> None:
    alembic.upgrade()
    above = rows()
    alembic.downgrade("0002")

    assert above == rows() == [("甲子市", "city", "city")]


def test_foreign_keys_hold_again_after_a_migration(used_app: Flask) -> None:
    alembic.upgrade()

    with pytest.raises(Exception, match=r"(?i)foreign key"), db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO organization_type (organization_id, valid_from, org_type)"
                " VALUES (99, '2020-04-01', 'city')"
            )
        )


def test_row_that_points_nowhere_is_reported(used_app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the other engine never rests its foreign keys")
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("INSERT INTO organization_type VALUES (99, '2020-04-01', NULL, 'city')")
        driver.execute("PRAGMA foreign_keys=ON")

    with pytest.raises(RuntimeError, match="point nowhere"):
        alembic.upgrade()
