"""Making a backup while everything goes on (バックアップの作成)."""

from pathlib import Path

from alembic.runtime.migration import MigrationContext

from app.backup.archive import ArchiveWriter, new_archive
from app.backup.manifest import BackupFailure, Manifest
from app.backup.postgresql_copy import copy_postgresql
from app.backup.sqlite_copy import copy_sqlite
from app.core import clock
from app.core.storage import DamagedContent, MissingContent, store
from app.extensions import db

COPIES = {"sqlite": copy_sqlite, "postgresql": copy_postgresql}
NO_SCHEMA = "データベースに表がありません。DATABASE_URL を確かめてください。"
FILES = "files/"


def create_backup(path: Path) -> Manifest:
    """Write a backup of this moment to a new file (作成). Raises BackupFailure, StorageFailure.

    The database first, the files after it: contents never change, so every file that the copy
    names is still there.
    """
    if not _has_schema():
        raise BackupFailure(NO_SCHEMA)
    created_at = clock.now().isoformat(timespec="seconds")
    with new_archive(path) as writer:
        moment, contents = COPIES[db.engine.dialect.name](writer, path.parent)
        missing = [sha256 for sha256 in sorted(contents) if not _add_content(writer, sha256)]
        manifest = Manifest(
            created_at=created_at, moment=moment, parts=list(writer.parts), missing=missing
        )
        writer.finish(manifest)
    return manifest


def _has_schema() -> bool:
    # Not through the extension: it shares what it has opened among all threads.
    with db.engine.connect() as connection:
        return bool(MigrationContext.configure(connection).get_current_heads())


def _add_content(writer: ArchiveWriter, sha256: str) -> bool:
    try:
        with store().open(sha256) as content:
            writer.add(f"{FILES}{sha256}", content)
    except (MissingContent, DamagedContent):
        return False
    return True
