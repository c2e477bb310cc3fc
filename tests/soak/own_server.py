"""A PostgreSQL server of one trial, to lose its power or start again (専用のサーバー)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.extensions import alembic
from tests.conftest import close_connections, make_app
from tests.databases import Databases, PostgresqlDatabases, PostgresqlServer


@dataclass
class Place:
    """Where a trial runs: databases, a migrated one to copy, and the server, if it is its own."""

    databases: Databases
    template: str
    server: PostgresqlServer | None = None


@contextmanager
def own_server() -> Iterator[tuple[PostgresqlServer, Place]]:
    """A server that writes as in production, with a migrated database."""
    server = PostgresqlServer(is_durable=True)
    own = PostgresqlDatabases(server.url)
    template = own.create()
    app = make_app(template)
    with app.app_context():
        alembic.upgrade()
    close_connections(app)
    try:
        yield server, Place(own, template, server)
    finally:
        server.stop()
