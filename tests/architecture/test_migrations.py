"""Migrations (移行): up, no difference to the models, down to nothing, and up again."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from app.extensions import Base, alembic, db
from app.search_index.models import is_made_by_engine
from tests.conftest import close_connections, make_app

FOLDER = Path(__file__).parents[2] / "migrations"
MIGRATIONS = sorted(FOLDER.glob("[0-9]*.py"))


@pytest.fixture
def empty_app(empty_database: str) -> Iterator[Flask]:
    app = make_app(empty_database)
    with app.app_context():
        yield app
    close_connections(app)


@pytest.fixture
def migrated_app(committed_app: Flask) -> Iterator[Flask]:
    """A database of its own that the migrations made, all the way up."""
    with committed_app.app_context():
        yield committed_app


def tables() -> set[str]:
    found = inspect(db.engine).get_table_names()
    return {name for name in found if not is_made_by_engine(name)}


def differences() -> list[object]:
    return list(alembic.compare_metadata())


def imported_modules(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def test_migrations_go_up_and_down_and_up_again(migrated_app: Flask) -> None:
    made, first_difference = tables(), differences()
    alembic.downgrade("base")
    left = tables()
    alembic.upgrade()

    assert made == {table.name for table in Base.metadata.sorted_tables} | {"alembic_version"}
    assert first_difference == []
    assert left == {"alembic_version"}
    assert (tables(), differences()) == (made, [])


def test_check_notices_a_missing_column(migrated_app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE audit_head ADD COLUMN extra INTEGER")

    assert len(differences()) == 1


def test_head_of_the_chain_is_set_anew_by_its_own_migration(empty_app: Flask) -> None:
    for _ in range(2):
        alembic.upgrade("0002")
        with db.engine.begin() as connection:
            assert connection.scalars(text("SELECT last_seq FROM audit_head")).all() == [0]
        alembic.downgrade("0001")


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda path: path.stem)
def test_migration_does_not_import_the_app(migration: Path) -> None:
    source = migration.read_text(encoding="utf-8")

    assert imported_modules(source) & {"app", "config"} == set()


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda path: path.stem)
def test_migration_has_a_way_back(migration: Path) -> None:
    tree = ast.parse(migration.read_text(encoding="utf-8"))

    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    statements = [node for node in functions["downgrade"].body if not isinstance(node, ast.Pass)]
    assert {"upgrade", "downgrade"} <= set(functions)
    assert len(statements) > 1


def test_import_of_the_app_would_be_noticed() -> None:
    planted = "import os\nfrom app.audit import models\nimport config"

    assert imported_modules(planted) == {"os", "app", "config"}
