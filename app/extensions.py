"""Extensions, unbound: the lowest room of the house, imported by every other one."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask_alembic import Alembic
from flask_login import LoginManager
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import DateTime, Dialect, Enum, MetaData
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


class Migrations(Alembic):
    """Migrations (移行), with the foreign keys of SQLite at rest while they run.

    SQLite changes a table by copying, dropping and renaming it; with foreign keys on, dropping it
    fails as soon as another row points to it. They are checked as a whole afterwards.
    """

    def run_migrations(self, fn: Any, **kwargs: Any) -> None:
        """Run migrations as the parent does. Raises RuntimeError for a row that points nowhere."""
        connection = self.migration_context.connection
        if connection is None or connection.dialect.name != "sqlite":
            super().run_migrations(fn, **kwargs)
            return
        # Not through SQLAlchemy: inside a transaction, which that would begin, the pragma is void.
        driver = connection.connection.driver_connection
        if driver is None:
            raise RuntimeError("the connection of the migrations is closed")
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            super().run_migrations(fn, **kwargs)
            broken = driver.execute("PRAGMA foreign_key_check").fetchall()
        finally:
            driver.execute("PRAGMA foreign_keys=ON")
        if broken:
            raise RuntimeError(f"rows that point nowhere after the migration: {broken[:5]}")


db = SQLAlchemy()
alembic = Migrations(metadatas=Base.metadata)
login_manager = LoginManager()
csrf = CSRFProtect()
