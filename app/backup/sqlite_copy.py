"""Copying an SQLite database while others write to it, and putting it back (SQLiteの写し)."""

import gzip
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy.engine import make_url

from app.backup.archive import ArchiveWriter, for_each_part, sync_folder
from app.backup.manifest import Moment
from app.core.storage import CHUNK
from app.extensions import db

ENGINE = "sqlite"
PART = "database/sqlite3.gz"
PAGES = 1000  # pages copied at a step: writers are never kept waiting
FAST = 1  # level of gzip
LIST_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    " ORDER BY name"
)
# What was erased by plan (廃棄) has a row and no content.
LIST_CONTENTS = "SELECT DISTINCT sha256 FROM stored_file WHERE erased_at IS NULL"


def copy_sqlite(writer: ArchiveWriter, folder: Path) -> tuple[Moment, list[str]]:
    """Add a copy of one moment of the database; return the moment and the contents it names."""
    with _copied(folder) as path:
        with closing(sqlite.connect(path)) as copy:
            # Stands alone from here on: no second file belongs to it.
            copy.execute("PRAGMA journal_mode=DELETE")
            moment = moment_of(copy)
            contents = [row[0] for row in copy.execute(LIST_CONTENTS)]
        with tempfile.TemporaryFile(dir=folder) as packed:
            with (
                path.open("rb") as plain,
                gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=FAST, mtime=0) as target,
            ):
                shutil.copyfileobj(plain, target, CHUNK)
            writer.add(PART, cast(BinaryIO, packed))
    return moment, contents


def put_back_sqlite(archive: Path, _moment: Moment) -> None:
    """Put the copy in the place of an empty database (復元), whole or not at all."""
    target = database_path()
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.restore-", dir=target.parent)
    part = Path(name)

    def unpack(_name: str, stream: BinaryIO) -> None:
        with gzip.GzipFile(fileobj=stream, mode="rb") as plain, os.fdopen(handle, "wb") as file:
            shutil.copyfileobj(plain, file, CHUNK)
            file.flush()
            os.fsync(file.fileno())

    try:
        for_each_part(archive, PART, unpack)
        # No connection of ours may go on with the file that is replaced.
        db.session.close()
        db.engine.dispose()
        for suffix in ("-wal", "-shm"):
            Path(f"{target}{suffix}").unlink(missing_ok=True)
        part.replace(target)
        sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)


def database_path() -> Path:
    """The file of the database of the settings (データベースのファイル)."""
    return Path(make_url(str(db.engine.url)).database or "")


def moment_of(connection: Any) -> Moment:
    """What a database says of itself (写しの時点)."""
    tables = [row[0] for row in connection.execute(LIST_TABLES)]
    revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    head = connection.execute("SELECT last_seq, last_hash FROM audit_head").fetchone()
    return Moment(
        engine=ENGINE,
        revision=revision[0],
        tables={
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - names from the database itself
            for name in tables
        },
        audit_seq=head[0],
        audit_hash=head[1],
    )


@contextmanager
def _copied(folder: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(prefix=".database-", dir=folder)
    os.close(handle)
    path = Path(name)
    try:
        with closing(sqlite.connect(database_path(), isolation_level=None)) as source:
            # An open read transaction holds one moment: without it, every write of another
            # process would make the copy start anew.
            source.execute("BEGIN")
            source.execute("SELECT version_num FROM alembic_version").fetchall()
            with closing(sqlite.connect(path)) as target:
                source.backup(target, pages=PAGES)
        yield path
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
