"""Where a backup is restored to in the tests (復元先): an empty database and an empty store."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from app import create_app
from tests.conftest import close_connections
from tests.databases import Databases, owned_by_plain_role


def app_at(url: str, folder: Path) -> Flask:
    """The app on a database with a store of its own."""
    settings = {"APP_ENV": "test", "DATABASE_URL": url, "STORAGE_URL": folder.as_uri()}
    return create_app(settings)


@contextmanager
def empty_place(databases: Databases, folder: Path) -> Iterator[Flask]:
    """The app on an empty database, without any table, whose role owns it and nothing else."""
    url = databases.create()
    if url.startswith("sqlite"):
        yield from _place(url, folder)
        databases.drop(url)
        return
    with owned_by_plain_role(url) as owned:
        yield from _place(owned, folder)


def _place(url: str, folder: Path) -> Iterator[Flask]:
    app = app_at(url, folder)
    yield app
    close_connections(app)
