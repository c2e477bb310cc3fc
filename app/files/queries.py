"""Finding files (ファイルの検索). Who may have one is decided by the row that owns it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from app.extensions import db
from app.files.models import StoredFile, Verdict

BATCH = 500


def waiting_files(limit: int) -> list[StoredFile]:
    """Some of the files no scanner has judged yet (検査待ち), drawn by lot.

    By lot, so that a few that the scanner never manages do not keep all others waiting.
    """
    return list(
        db.session.scalars(
            select(StoredFile)
            .where(StoredFile.verdict == Verdict.WAITING)
            .order_by(func.random())
            .limit(limit)
        )
    )


def waiting_count() -> int:
    """How many files wait for the scanner (検査待ちの件数)."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(StoredFile)
            .where(StoredFile.verdict == Verdict.WAITING)
        )
        or 0
    )


def oldest_waiting() -> datetime | None:
    """Since when the file that waits longest has been waiting."""
    return db.session.scalar(
        select(func.min(StoredFile.uploaded_at)).where(StoredFile.verdict == Verdict.WAITING)
    )


def unnamed(sha256s: Iterable[str]) -> list[str]:
    """Those of the contents that no row names (参照のない内容); an erased row names none (廃棄)."""
    asked = list(sha256s)
    named: set[str] = set()
    for start in range(0, len(asked), BATCH):
        part = asked[start : start + BATCH]
        named.update(
            db.session.scalars(
                select(StoredFile.sha256).where(
                    StoredFile.sha256.in_(part), StoredFile.erased_at.is_(None)
                )
            )
        )
    return [sha256 for sha256 in asked if sha256 not in named]
