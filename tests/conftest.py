"""What every test may ask for: the app, its database, a session, a client.

`app`, `db_session` and `client` share one database that the migrations made; all that a test writes
is rolled back. A test with threads or processes asks for `committed_app`, a database of its own.
"""

import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from flask import Flask, current_app, has_app_context
from flask.testing import FlaskClient
from hypothesis import settings
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from app.extensions import alembic, db
from tests.databases import Databases, PostgresqlDatabases, PostgresqlServer, SqliteDatabases

# A shared machine has slow moments; a deadline in milliseconds would only tell of those.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

SERVER_URL = pytest.StashKey[str]()
SERVER = pytest.StashKey[PostgresqlServer]()
LOCAL_HOSTS = ("127.0.0.1", "::1", "localhost")
# Garbage is looked for seldom: most of what a test leaves behind is freed by its count alone.
GARBAGE_THRESHOLDS = (50_000, 20, 50)
# One test as long as this belongs into tests/soak; nobody waits for the quick suite gladly.
LONGEST_QUICK_TEST = 10.0  # seconds
# Where the engines are known to differ: always on both. Locks and real commits, or an empty
# database for the migrations, …
BY_ENGINE_FIXTURES = {"committed_app", "empty_database", "line"}
# … and every page, the rights, the search.
BY_ENGINE_FOLDERS = {"architecture", "authorization", "search", "journeys"}
TESTS = Path(__file__).parent
# Contents are named by their hash: the tests of one process do not disturb one another there.
STORED_FILES = Path(tempfile.gettempdir()) / f"kyotsu-test-files-{os.getpid()}"


# --- Which database -----------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="database to test on; TEST_DATABASE_URL names a PostgreSQL server to use instead of "
        "the one that starts for the run",
    )
    parser.addoption(
        "--share",
        type=int,
        default=1,
        help="run the tests of one file in so many, drawn anew by the seed of each run, besides "
        "those about what the engines do differently",
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    """Have one PostgreSQL server for the run; the workers of xdist are told its address."""
    gc.set_threshold(*GARBAGE_THRESHOLDS)
    config = session.config
    if config.getoption("database") != "postgresql":
        return
    if hasattr(config, "workerinput"):
        config.stash[SERVER_URL] = config.workerinput["server_url"]
    elif "TEST_DATABASE_URL" in os.environ:
        config.stash[SERVER_URL] = os.environ["TEST_DATABASE_URL"]
    else:
        config.stash[SERVER] = PostgresqlServer()
        config.stash[SERVER_URL] = config.stash[SERVER].url


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["server_url"] = node.config.stash.get(SERVER_URL, "")


def pytest_unconfigure(config: pytest.Config) -> None:
    server = config.stash.get(SERVER, None)
    if server is not None:
        server.stop()
    shutil.rmtree(STORED_FILES, ignore_errors=True)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests that use a database, so that only these run again on the second one."""
    if "databases" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.database)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the share of this run does not hold (試験の割合)."""
    share, seed = config.getoption("share"), config.getoption("randomly_seed")
    left_out = [] if share == 1 else [row for row in items if not _is_in(row, share, seed)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [row for row in items if row not in set(left_out)]


def _is_in(item: pytest.Item, share: int, seed: int) -> bool:
    file = item.path.relative_to(TESTS)
    is_by_engine = file.parts[0] in BY_ENGINE_FOLDERS or bool(
        BY_ENGINE_FIXTURES & set(getattr(item, "fixturenames", ()))
    )
    return is_by_engine or crc32(f"{seed} {file}".encode()) % share == 0


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the tests that are too long for the quick suite (試験の長さ)."""
    if any("soak" in argument for argument in terminalreporter.config.args):
        return
    kinds = ("passed", "failed")
    reports = [row for kind in kinds for row in terminalreporter.getreports(kind)]
    long = [row for row in reports if row.when == "call" and row.duration > LONGEST_QUICK_TEST]
    for row in sorted(long, key=lambda row: -row.duration):
        words = f"{row.nodeid} took {row.duration:.0f} s: shorten it, or move it to tests/soak"
        terminalreporter.write_line(words, yellow=True)


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Where databases are made, on the engine that `--database` names."""
    if pytestconfig.getoption("database") == "postgresql":
        return PostgresqlDatabases(pytestconfig.stash[SERVER_URL])
    return SqliteDatabases(tmp_path_factory.mktemp("databases"))


# --- Databases with a schema --------------------------------------------------------------------


@pytest.fixture(scope="session")
def migrated_database(databases: Databases) -> Iterator[str]:
    """URL of the template that the migrations made, once; nothing stays connected to it."""
    url = databases.create()
    app = make_app(url)
    with app.app_context():
        alembic.upgrade()
    close_connections(app)
    yield url
    databases.drop(url)


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    """URL of a database without any table, for tests of the migrations."""
    url = databases.create()
    yield url
    databases.drop(url)


# --- The app, rolled back after each test -------------------------------------------------------


@pytest.fixture(scope="session")
def shared_app(databases: Databases, migrated_database: str) -> Iterator[Flask]:
    """The app that `app` lends to one test at a time; made once, for its templates are cached."""
    url = databases.create(migrated_database)
    app = make_app(url)
    # What the program is made of is no garbage: every collection would walk all of it again.
    gc.collect()
    gc.freeze()
    yield app
    close_connections(app)
    databases.drop(url)


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    """The app; whatever is committed during the test is rolled back after it."""
    with shared_app.app_context():
        engine, sessionmaker = db.engine, db.sessionmaker
    with engine.connect() as connection:
        transaction = connection.begin()
        sessionmaker.configure(bind=connection, join_transaction_mode="create_savepoint")
        yield shared_app
        sessionmaker.configure(bind=engine, join_transaction_mode="conditional_savepoint")
        transaction.rollback()


@pytest.fixture
def db_session(app: Flask) -> Iterator[Session]:
    """The session of the test, in an app context that lasts as long as the test."""
    with app.app_context():
        yield db.session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with."""
    return app.test_client()


# --- The app with a database of its own ---------------------------------------------------------


@pytest.fixture(scope="session")
def app_to_commit(databases: Databases, migrated_database: str) -> Iterator[Flask]:
    """The app that `committed_app` lends out; to build it takes longer than to copy a database."""
    url = databases.create(migrated_database)
    app = make_app(url)
    yield app
    close_connections(app)
    databases.drop(url)


@pytest.fixture
def committed_app(
    databases: Databases, migrated_database: str, app_to_commit: Flask
) -> Iterator[Flask]:
    """The app on a fresh database where commits are real, for tests with threads or processes.

    Keep app contexts short: an open session may hold the lock that another thread waits for.
    """
    yield app_to_commit
    close_connections(app_to_commit)
    databases.renew(app_to_commit.config["SETTINGS"].database_url(), migrated_database)


class RequestClient(FlaskClient):
    """A client whose requests stand in an app context of their own, as they do in production.

    Where a test has pushed a context, Flask would lend it to the requests: `g`, the signed-in user
    and the session would pass from one request to the next. The session of the test is flushed
    before a request, and reads anew after it.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        beside_session = has_app_context() and current_app == self.application
        if beside_session:
            db.session.flush()
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        if beside_session:
            db.session.expire_all()
        return response


def make_app(database_url: str) -> Flask:
    """Build the app for one database; the forms ask for no CSRF token (one test asks for it)."""
    app = create_app(
        {"APP_ENV": "test", "DATABASE_URL": database_url, "STORAGE_URL": STORED_FILES.as_uri()}
    )
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = RequestClient
    return app


def close_connections(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


# --- What no test may do ------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def local_network_only() -> Iterator[None]:
    """Refuse connections that leave this machine."""
    connect = socket.socket.connect

    def connect_locally(connecting: socket.socket, address: Any) -> None:
        is_internet = connecting.family in (socket.AF_INET, socket.AF_INET6)
        if is_internet and address[0] not in LOCAL_HOSTS:
            connecting.close()
            raise RuntimeError(f"a test tried to reach {address[0]}")
        connect(connecting, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_locally)
        yield
