"""Extensions, unbound: the lowest room of the house, imported by every other one."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from flask_alembic import Alembic
from flask_login import LoginManager
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Connection, DateTime, Dialect, Enum, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

# SQLite rebuilds a table to change it, and can only drop a constraint that has a name.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# `innerjoin` of a relationship whose row is always there: an inner join of its own, an outer one
# where it is read behind an outer one. Nested there, SQLite would put together all people with
# their bodies for one of them. Any: the types of the library name the flag alone.
ALWAYS_THERE: Any = "unnested"


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in, stored in UTC, aware out, alike on SQLite and PostgreSQL.

    `DateTime(timezone=True)` alone drops the zone on SQLite.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive value (ValueError) and hand on the instant in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return the instant in UTC, aware."""
        if value is None:
            return None
        instant: datetime = value
        if instant.tzinfo is None:
            return instant.replace(tzinfo=UTC)
        return instant.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {datetime: UtcDateTime}


def stored_enum(members: type[StrEnum], name: str) -> Enum:
    """Column type for a closed list of words: stored as text under a CHECK made from the list."""
    return Enum(
        members,
        name=name,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        values_callable=lambda listed: [member.value for member in listed],
        length=32,
    )


# Key of the advisory lock on PostgreSQL: one migration at a time, and no backup beside it.
MIGRATION_LOCK = 0x6B79_6F74_7375
# How long a second runner waits for the first. Its own statements take as long as they take, but
# wait for the locks of others only as long as any statement does: a queue behind them stops all.
MIGRATION_WAIT_SECONDS = 600
# A mark on a connection of SQLite: its transaction asks for the right to write at once.
IS_MIGRATING = "is_migrating"


class Migrations(Alembic):
    """Migrations (移行), one runner at a time; the second finds nothing left to do (P15).

    With the foreign keys of SQLite at rest while they run: SQLite changes a table by copying,
    dropping and renaming it; with foreign keys on, dropping it fails as soon as another row points
    to it. They are checked as a whole afterwards.
    """

    # Called after a run that ended at the newest version, for what the program makes out of rows
    # (索引の補充); the database is whole without it.
    followers: ClassVar[list[Callable[[], object]]] = []

    def run_migrations(self, fn: Any, **kwargs: Any) -> None:
        """Run migrations as the parent does. Raises RuntimeError for a row that points nowhere."""
        connection = self.migration_context.connection
        driver = connection.connection.driver_connection if connection is not None else None
        if connection is None or driver is None:
            raise RuntimeError("the connection of the migrations is closed")
        if connection.dialect.name == "sqlite":
            self._run_on_sqlite(connection, driver, fn, **kwargs)
        else:
            self._run_on_postgresql(driver, fn, **kwargs)
        if self._is_newest(connection):
            for follow in self.followers:
                follow()

    def _is_newest(self, connection: Connection) -> bool:
        newest = {script.revision for script in self.heads()}
        found = {script.revision for script in self.current()}
        # Asking has begun a transaction, in which the next pragma would be void.
        connection.rollback()
        return found == newest

    def _run_on_sqlite(self, connection: Connection, driver: Any, fn: Any, **kwargs: Any) -> None:
        # Not through SQLAlchemy: inside a transaction, which that would begin, a pragma is void.
        (waiting,) = driver.execute("PRAGMA busy_timeout").fetchone()
        driver.execute(f"PRAGMA busy_timeout={MIGRATION_WAIT_SECONDS * 1000}")
        driver.execute("PRAGMA foreign_keys=OFF")
        connection.info[IS_MIGRATING] = True
        try:
            super().run_migrations(fn, **kwargs)
            broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        finally:
            connection.info.pop(IS_MIGRATING, None)
            driver.execute("PRAGMA foreign_keys=ON")
            driver.execute(f"PRAGMA busy_timeout={waiting}")
        if broken:
            raise RuntimeError(f"rows that point nowhere after the migration: {broken[:5]}")

    def _run_on_postgresql(self, driver: Any, fn: Any, **kwargs: Any) -> None:
        # However long it takes: the limit of app/core/postgresql_waits.py, until it is given back.
        driver.patience = None
        # A lock of the connection, not of the transaction: that one begins and ends inside.
        driver.execute(f"SET lock_timeout = '{MIGRATION_WAIT_SECONDS}s'")
        driver.execute("SET statement_timeout = 0")
        driver.commit()
        driver.execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
        driver.execute("RESET lock_timeout")
        driver.commit()
        try:
            super().run_migrations(fn, **kwargs)
        finally:
            driver.rollback()
            driver.execute("SELECT pg_advisory_unlock(%s)", (MIGRATION_LOCK,))
            driver.execute("RESET statement_timeout")
            driver.commit()


db = SQLAlchemy()
alembic = Migrations(metadatas=Base.metadata)
login_manager = LoginManager()
csrf = CSRFProtect()
