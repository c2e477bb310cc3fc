"""The demo, loaded once for all tests that only read it."""

import fcntl
import os
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock
from app.demo.loading import load_demo
from app.extensions import db
from tests.conftest import close_connections, make_app
from tests.databases import Databases

# A Monday morning before the office opens: nothing of the practice may lie on this day.
LOADED_AT = clock.jst(2026, 6, 1, 7)


@pytest.fixture(scope="session")
def demo_database(
    databases: Databases, migrated_database: str, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """URL of a template with the demo in it, loaded at LOADED_AT by one worker for all of them.

    It stays as long as the server or the folder of the run: another worker may copy it last.
    """
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = shared / "demo.url"
        if not made.exists():
            url = databases.create(migrated_database)
            app = make_app(url)
            with app.app_context(), clock.at(LOADED_AT):
                load_demo(lambda _words: None)
            close_connections(app)
            made.write_text(url)
    return made.read_text()


# Not of the package: in random order that is left and entered again.
@pytest.fixture(scope="session")
def demo_app(databases: Databases, demo_database: str) -> Iterator[Flask]:
    """The app on a database with the demo in it."""
    url = databases.create(demo_database)
    app = make_app(url)
    yield app
    close_connections(app)
    databases.drop(url)


@pytest.fixture
def demo_session(demo_app: Flask) -> Iterator[Session]:
    """A session that reads the demo, at the moment it was loaded."""
    with demo_app.app_context(), clock.at(LOADED_AT):
        yield db.session
