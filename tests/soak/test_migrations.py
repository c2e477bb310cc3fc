"""Every migration over rows, up, down and up again; and two runners at once (P15)."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, inspect, text

from app.core.unit_of_work import unit_of_work
from app.extensions import alembic, db
from app.workflow.states import State
from tests.architecture.used_database import Tables, stored
from tests.conftest import close_connections, make_app
from tests.factories import make_classified, make_handoff, make_in_state, make_world

RELEASED = "0043"
STATES = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.PENDING, State.MERGED)
START_METHOD = multiprocessing.get_context("spawn")
SECONDS = 120


@pytest.fixture
def empty_app(empty_database: str) -> Iterator[Flask]:
    app = make_app(empty_database)
    with app.app_context():
        yield app
    close_connections(app)


def rows() -> Tables:
    """Rows of every table, in an order of their own."""
    return {name: (columns, sorted(found, key=repr)) for name, (columns, found) in stored().items()}


def indexes() -> dict[str, set[str]]:
    shape = inspect(db.engine)
    return {
        name: {str(row["name"]) for row in shape.get_indexes(name)}
        for name in shape.get_table_names()
    }


def upgrade_elsewhere(url: str, killed_at: str) -> None:
    """Be another node that migrates; at a version, if one is named, it dies."""
    app = make_app(url)
    with app.app_context():

        @event.listens_for(db.engine, "before_cursor_execute")
        def _die(*args: Any) -> None:
            statement, values = args[2], args[3]
            is_step = "alembic_version" in statement and killed_at in f"{statement} {values}"
            if killed_at and is_step:
                os.kill(os.getpid(), signal.SIGKILL)

        alembic.upgrade()


def start(url: str, *, killed_at: str = "") -> multiprocessing.process.BaseProcess:
    node = START_METHOD.Process(target=upgrade_elsewhere, args=(url, killed_at), daemon=True)
    node.start()
    return node


def ended(node: multiprocessing.process.BaseProcess) -> int | None:
    node.join(SECONDS)
    return node.exitcode


def version() -> str | None:
    with db.engine.connect() as connection:
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def test_p15_rows_are_the_same_after_down_and_up(empty_app: Flask) -> None:
    alembic.upgrade()
    with unit_of_work():
        world = make_world()
        for state in STATES:
            make_in_state(world, state)
        make_handoff(world, make_classified(world))
    db.session.close()
    alembic.downgrade(RELEASED)
    below, names_below = rows(), indexes()

    alembic.upgrade()
    above, names_above = rows(), indexes()
    alembic.downgrade(RELEASED)
    again, names_again = rows(), indexes()
    alembic.upgrade()

    assert (again, names_again) == (below, names_below)
    assert (rows(), indexes()) == (above, names_above)


def test_p15_two_nodes_that_migrate_at_once_do_it_once(
    empty_app: Flask, empty_database: str
) -> None:
    nodes = [start(empty_database) for _ in range(2)]

    codes = [ended(node) for node in nodes]

    assert codes == [0, 0]
    assert version() == alembic.heads()[0].revision


def test_p15_migration_that_is_killed_runs_again(empty_app: Flask, empty_database: str) -> None:
    code = ended(start(empty_database, killed_at="0030"))
    left = set(inspect(db.engine).get_table_names())

    alembic.upgrade()

    assert (code, left) == (-signal.SIGKILL, set())
    assert list(alembic.compare_metadata()) == []
