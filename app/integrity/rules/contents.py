"""Whether every file that is on record lies in the store, unchanged (ファイルの内容)."""

from sqlalchemy import Connection, func, select

from app.core.storage import DamagedContent, MissingContent, StorageFailure, store
from app.files.models import StoredFile
from app.integrity.findings import Tally
from app.integrity.snapshot import stream

RESTORE = "バックアップのファイルから、同じハッシュの内容を戻してください"
TRY_AGAIN = "保管先につながるかを確かめ、もう一度検証してください"


def look_at_contents(connection: Connection, tally: Tally) -> None:
    """Read every content through and compare its sha256 and size (照合); count the orphans."""
    statement = (
        select(StoredFile.sha256, func.min(StoredFile.size_bytes), func.max(StoredFile.size_bytes))
        # What was erased by plan (廃棄) is gone on purpose.
        .where(StoredFile.erased_at.is_(None))
        .group_by(StoredFile.sha256)
        .order_by(StoredFile.sha256)
    )
    for sha256, smallest, largest in stream(connection, statement):
        tally.look()
        _compare(sha256, {smallest, largest}, tally)
    orphans = _count_orphans(connection)
    if orphans:
        tally.note = f"どの行からも使われない内容が{orphans}件あります（24時間後に掃除されます）"


def _compare(sha256: str, sizes: set[int], tally: Tally) -> None:
    place = f"ファイル {sha256}"
    try:
        with store().open(sha256) as content:
            size = content.seek(0, 2)
    except MissingContent:
        tally.add(place, "記録はあるのに、内容が保管先にない", RESTORE)
    except DamagedContent:
        tally.add(place, "内容がハッシュと合わない（壊れている）", RESTORE)
    except StorageFailure as error:
        tally.add(place, f"保管先から読めない（{error}）", TRY_AGAIN)
    else:
        if sizes != {size}:
            told = "、".join(str(each) for each in sorted(sizes))
            tally.add(place, f"内容は{size}バイト、記録は{told}バイト", RESTORE)


def _count_orphans(connection: Connection) -> int:
    try:
        return sum(
            1
            for content in store().hashes()
            if connection.scalar(
                select(StoredFile.id)
                .where(StoredFile.sha256 == content.sha256, StoredFile.erased_at.is_(None))
                .limit(1)
            )
            is None
        )
    except StorageFailure:
        return 0
