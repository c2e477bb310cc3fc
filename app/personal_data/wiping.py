"""Clearing what was erased from the disk (跡の消去): free pages, the log, contents of files."""

import logging

from sqlalchemy import select

from app.core.storage import StorageFailure, store
from app.extensions import db
from app.files.models import StoredFile
from app.files.queries import unnamed
from app.personal_data.models import DisposalItem, DisposalList
from app.proposals.models import Attachment

logger = logging.getLogger(__name__)

# Tables whose old rows held personal data; on PostgreSQL they lie there until a VACUUM.
TABLES = (
    "proposal",
    "proposal_revision",
    "draft_version",
    "amendment",
    "co_proposer",
    "case_split",
    "outbox_message",
    "delivery_attempt",
    "stored_file",
    "search_document",
)


def delete_contents(disposal_ids: list[int]) -> bool:
    """Delete the contents of erased files that no other row names; False when the store fails."""
    erased = db.session.scalars(
        select(StoredFile.sha256)
        .join(Attachment, Attachment.file_id == StoredFile.id)
        .join(DisposalItem, DisposalItem.proposal_id == Attachment.proposal_id)
        .join(DisposalList, DisposalList.id == DisposalItem.list_id)
        .where(DisposalList.id.in_(disposal_ids), StoredFile.erased_at.is_not(None))
    )
    contents = unnamed(sorted(set(erased)))
    db.session.rollback()
    try:
        for sha256 in contents:
            store().delete(sha256)
    except StorageFailure:
        logger.warning("contents of erased files wait: the store does not answer")
        return False
    return True


def wipe_database() -> bool:
    """Have the database give up what its old pages hold; False when somebody is in its way.

    SQLite is written anew without its free pages, and its log is emptied. On PostgreSQL the old
    rows become free; what lies in archived logs and backups goes with their own terms.
    """
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        return _wipe_sqlite()
    return _vacuum_postgresql()


def _wipe_sqlite() -> bool:
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA secure_delete=ON")
        cursor.execute("VACUUM")
        busy, _pages, _moved = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute("PRAGMA secure_delete=OFF")
    except Exception as error:
        logger.warning("the database could not be written anew: %s", error)
        return False
    finally:
        connection.close()
    return not busy


def _vacuum_postgresql() -> bool:
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in TABLES:
            connection.exec_driver_sql(f"VACUUM {table}")
    return True
