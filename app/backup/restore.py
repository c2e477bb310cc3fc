"""Putting a backup into an empty database and an empty store (復元)."""

from pathlib import Path
from typing import Any, BinaryIO

from alembic.util import CommandError
from sqlalchemy import func, inspect, select, table

from app.audit.services import Subject, record
from app.audit.words import name_verbs
from app.backup import postgresql_copy, sqlite_copy
from app.backup.archive import check_archive, for_each_part
from app.backup.create import FILES
from app.backup.manifest import BackupFailure, DamagedBackup, Manifest, Moment
from app.core.storage import store
from app.core.unit_of_work import unit_of_work
from app.extensions import alembic, db

PUT_BACK = {
    "sqlite": sqlite_copy.put_back_sqlite,
    "postgresql": postgresql_copy.put_back_postgresql,
}
# A database without any of these was made by the migrations alone.
USED_TABLES = ("organization", "user_account", "audit_event", "proposal")
OTHER_ENGINE = (
    "このバックアップは {made} のものです。今の DATABASE_URL は {here} です。"
    "{made} の空のデータベースを DATABASE_URL に指定してください。"
)
NOT_EMPTY = (
    "データベースに既に行があります（{table} に{rows}行）。"
    "空のデータベースを DATABASE_URL に指定してください。今あるものには何もしていません。"
)
STORE_NOT_EMPTY = (
    "保管先に、このバックアップにないファイルがあります。"
    "空の保管先を STORAGE_URL に指定してください。今あるものには何もしていません。"
)
TOO_NEW = (
    "このバックアップは、この製品より新しい版のものです（表の版 {revision}）。"
    "同じ版か、より新しい版の製品で復元してください。"
)
OTHER_ROWS = "復元した表 {table} の行数（{here}）が、目録（{rows}）と合いません。"
NOT_USABLE = (
    "このデータベースと保管先は使わずに消し、空のものに、別のバックアップを復元してください。"
)

name_verbs({"backup.restore": "バックアップから復元しました"})


def restore_backup(path: Path) -> Manifest:
    """Restore a backup here, and bring its tables to the version of the product (復元).

    Nothing is written before the whole file was compared and the place found empty. Files go first:
    when it is cut short, the same command does it again. Raises BackupFailure, StorageFailure.
    """
    manifest = check_archive(path)
    _check_place(manifest)
    for_each_part(path, FILES, _put_content)
    PUT_BACK[manifest.moment.engine](path, manifest.moment)
    _compare(manifest.moment)
    alembic.upgrade()
    _record(manifest)
    return manifest


def _check_place(manifest: Manifest) -> None:
    made, here = manifest.moment.engine, db.engine.dialect.name
    if made != here:
        raise BackupFailure(OTHER_ENGINE.format(made=made, here=here))
    try:
        alembic.script_directory.get_revision(manifest.moment.revision)
    except CommandError as error:
        raise BackupFailure(TOO_NEW.format(revision=manifest.moment.revision)) from error
    known = {part.name.removeprefix(FILES) for part in manifest.parts}
    if any(content.sha256 not in known for content in store().hashes()):
        raise BackupFailure(STORE_NOT_EMPTY)
    with db.engine.connect() as connection:
        there = set(inspect(connection).get_table_names())
        for name in USED_TABLES:
            counted = select(func.count()).select_from(table(name))
            rows = connection.scalar(counted) if name in there else 0
            if rows:
                raise BackupFailure(NOT_EMPTY.format(table=name, rows=rows))


def _put_content(name: str, stream: BinaryIO) -> None:
    sha256, _size = store().put(stream)
    if sha256 != name.removeprefix(FILES):
        raise DamagedBackup(f"部品 {name} の内容が、名前のハッシュと合いません。")


def _compare(told: Moment) -> None:
    """Compare what lies there now with what the manifest told (行数・監査証跡の照合)."""
    found = _moment_here()
    for name, rows in told.tables.items():
        here = found.tables.get(name)
        if here != rows:
            raise BackupFailure(OTHER_ROWS.format(table=name, here=here, rows=rows) + NOT_USABLE)
    if (found.audit_seq, found.audit_hash) != (told.audit_seq, told.audit_hash):
        raise BackupFailure("復元した監査証跡の先頭が、目録と合いません。" + NOT_USABLE)


def _moment_here() -> Moment:
    with db.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            return sqlite_copy.moment_of(driver)
        return postgresql_copy.moment_of(driver.cursor())


def _record(manifest: Manifest) -> None:
    with unit_of_work():
        record(
            "backup.restore",
            Subject(type="backup", id=None),
            actor=None,
            changes={"created_at": manifest.created_at, "audit_seq": manifest.moment.audit_seq},
        )
