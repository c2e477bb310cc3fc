"""Copying a PostgreSQL database in one snapshot, and putting it back (PostgreSQLの写し).

Through the driver alone: no program of the server has to be on the machine.
"""

import gzip
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, cast

from psycopg import sql
from sqlalchemy import Connection

from app.backup.archive import ArchiveWriter, for_each_part
from app.backup.manifest import Moment
from app.core.postgresql_waits import wait_without_end
from app.core.storage import CHUNK
from app.extensions import MIGRATION_LOCK, alembic, db
from app.integrity.snapshot import snapshot

ENGINE = "postgresql"
PREFIX = "database/tables/"
FAST = 1  # level of gzip
LIST_TABLES = (
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind = 'r' AND n.nspname = current_schema() ORDER BY c.relname"
)
# What was erased by plan (廃棄) has a row and no content.
LIST_CONTENTS = "SELECT DISTINCT sha256 FROM stored_file WHERE erased_at IS NULL"
# What is computed by the database itself cannot be put in.
LIST_COLUMNS = (
    "SELECT a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema() AND c.relname = %s AND a.attnum > 0"
    " AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum"
)
LIST_SEQUENCES = (
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind = 'S' AND n.nspname = current_schema() ORDER BY c.relname"
)
# The trail: its owner may not empty it either, but may give itself the right (監査証跡の保護).
LIST_GUARDED = (
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind = 'r' AND n.nspname = current_schema()"
    " AND NOT has_table_privilege(c.oid, 'TRUNCATE') ORDER BY c.relname"
)
LIST_FOREIGN_KEYS = (
    "SELECT t.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k"
    " JOIN pg_class t ON t.oid = k.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
    " WHERE k.contype = 'f' AND n.nspname = current_schema() ORDER BY t.relname, k.conname"
)


def copy_postgresql(writer: ArchiveWriter, folder: Path) -> tuple[Moment, list[str]]:
    """Add every table as of one snapshot; return the moment and the contents it names."""
    with snapshot() as connection:
        cursor = _cursor(connection)
        # No migration may come between: it would change tables that are still to be copied.
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", (MIGRATION_LOCK,))
        for table in _names(cursor, LIST_TABLES):
            with tempfile.TemporaryFile(dir=folder) as packed:
                _copy_out(cursor, table, cast(BinaryIO, packed))
                writer.add(f"{PREFIX}{table}.gz", cast(BinaryIO, packed))
        contents = _names(cursor, LIST_CONTENTS)
        return moment_of(cursor), contents


def put_back_postgresql(archive: Path, moment: Moment) -> None:
    """Fill an empty database (復元) in one transaction; constraints and triggers stand after it."""
    alembic.downgrade("base")
    alembic.upgrade(moment.revision)
    with db.engine.begin() as connection:
        cursor = _cursor(connection)
        wait_without_end(connection.connection.driver_connection)
        cursor.execute("SET LOCAL statement_timeout = 0")
        tables = _names(cursor, LIST_TABLES)
        foreign_keys = cursor.execute(LIST_FOREIGN_KEYS).fetchall()
        _rest(cursor, tables, foreign_keys)

        def copy_in(name: str, stream: BinaryIO) -> None:
            table = name.removeprefix(PREFIX).removesuffix(".gz")
            _copy_in(cursor, table, stream)

        for_each_part(archive, PREFIX, copy_in)
        for name, (last, is_called) in moment.sequences.items():
            cursor.execute("SELECT setval(%s::regclass, %s, %s)", (f'"{name}"', last, is_called))
        _wake(cursor, tables, foreign_keys)


def moment_of(cursor: Any) -> Moment:
    """What a database says of itself (写しの時点); sequences last, so that none is too low."""
    tables = _names(cursor, LIST_TABLES)
    seq, digest = cursor.execute("SELECT last_seq, last_hash FROM audit_head").fetchone()
    return Moment(
        engine=ENGINE,
        revision=_names(cursor, "SELECT version_num FROM alembic_version")[0],
        tables={table: _one(cursor, "SELECT count(*) FROM {}", table)[0] for table in tables},
        audit_seq=seq,
        audit_hash=digest,
        sequences={
            name: _one(cursor, "SELECT last_value, is_called FROM {}", name)
            for name in _names(cursor, LIST_SEQUENCES)
        },
    )


def _copy_out(cursor: Any, table: str, target: BinaryIO) -> None:
    with (
        gzip.GzipFile(fileobj=target, mode="wb", compresslevel=FAST, mtime=0) as packed,
        cursor.copy(_copy_statement(cursor, table, "COPY {} ({}) TO STDOUT")) as rows,
    ):
        for chunk in rows:
            packed.write(chunk)


def _copy_in(cursor: Any, table: str, source: BinaryIO) -> None:
    with (
        gzip.GzipFile(fileobj=source, mode="rb") as plain,
        cursor.copy(_copy_statement(cursor, table, "COPY {} ({}) FROM STDIN")) as rows,
    ):
        while chunk := plain.read(CHUNK):
            rows.write(chunk)


def _copy_statement(cursor: Any, table: str, words: str) -> sql.Composed:
    columns = cursor.execute(LIST_COLUMNS, (table,)).fetchall()
    names = sql.SQL(", ").join(sql.Identifier(name) for (name,) in columns)
    return sql.SQL(words).format(sql.Identifier(table), names)


def _rest(cursor: Any, tables: list[str], foreign_keys: list[Any]) -> None:
    """Let triggers and foreign keys rest, and remove what the migrations put in (準備)."""
    for table, name, _words in foreign_keys:
        _run(cursor, "ALTER TABLE {} DROP CONSTRAINT {}", table, name)
    for table in tables:
        _run(cursor, "ALTER TABLE {} DISABLE TRIGGER USER", table)
    guarded = _names(cursor, LIST_GUARDED)
    for table in guarded:
        _run(cursor, "GRANT TRUNCATE ON {} TO CURRENT_USER", table)
    names = sql.SQL(", ").join(sql.Identifier(table) for table in tables)
    cursor.execute(sql.SQL("TRUNCATE {}").format(names))
    for table in guarded:
        _run(cursor, "REVOKE TRUNCATE ON {} FROM CURRENT_USER", table)


def _wake(cursor: Any, tables: list[str], foreign_keys: list[Any]) -> None:
    """Have triggers and foreign keys again; every row is judged by them now (後始末)."""
    for table in tables:
        _run(cursor, "ALTER TABLE {} ENABLE TRIGGER USER", table)
    for table, name, words in foreign_keys:
        names = (sql.Identifier(table), sql.Identifier(name))
        statement = sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(*names)
        cursor.execute(statement + sql.SQL(words))


def _run(cursor: Any, words: str, *names: str) -> None:
    cursor.execute(sql.SQL(words).format(*(sql.Identifier(name) for name in names)))


def _one(cursor: Any, words: str, name: str) -> Any:
    return cursor.execute(sql.SQL(words).format(sql.Identifier(name))).fetchone()


def _names(cursor: Any, statement: str) -> list[str]:
    return [row[0] for row in cursor.execute(statement).fetchall()]


def _cursor(connection: Connection) -> Any:
    driver: Any = connection.connection.driver_connection
    return driver.cursor()
