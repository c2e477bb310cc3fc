"""A database in use (使用中のデータベース): rows in its tables, and what lies in them."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Integer,
    MetaData,
    Table,
    insert,
    select,
    text,
)

from app.core import clock
from app.extensions import Base, UtcDateTime, db

NOW = clock.jst(2024, 8, 27, 10)

Rows = list[tuple[Any, ...]]
# Columns and rows of each table, by its name.
Tables = dict[str, tuple[list[str], Rows]]


def add_row(name: str, **values: Any) -> None:
    """Add a row to a table; what is not named points to the first row of everything."""
    table = Base.metadata.tables[name]
    with db.engine.begin() as connection:
        connection.execute(insert(table).values(row_of(table) | values))


def row_of(table: Table) -> dict[str, Any]:
    """A row that points to the first row of everything; dates one after the other."""
    return {
        column.name: value_of(column, number)
        for number, column in enumerate(table.columns)
        if not column.nullable
    }


def value_of(column: "Column[Any]", number: int) -> Any:
    if isinstance(column.type, Enum):
        return column.type.enums[0]
    if isinstance(column.type, UtcDateTime | DateTime):
        return NOW
    if isinstance(column.type, Date):
        return date(2024, 9, 1) + timedelta(days=number)
    if isinstance(column.type, Boolean):
        return False
    if isinstance(column.type, Integer):
        return 1
    return "x"


def stored(*, without: tuple[str, ...] = ()) -> Tables:
    """Columns and rows of every table as they lie in the database."""
    metadata = MetaData()
    metadata.reflect(db.engine)
    with db.engine.connect() as connection:
        return {
            table.name: (
                [column.name for column in table.columns],
                [tuple(row) for row in connection.execute(select(table))],
            )
            for table in metadata.sorted_tables
            if table.name not in ("alembic_version", *without)
        }


def shared(whole: Tables, part: Tables) -> dict[str, list[str]]:
    """Rows of `whole` with the tables and columns of `part` alone, in whatever order."""
    found = {}
    for name, (columns, _rows) in part.items():
        known, rows = whole[name]
        places = [known.index(column) for column in columns]
        found[name] = sorted(repr([row[place] for place in places]) for row in rows)
    return found


def read(statement: str) -> Rows:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]
