"""Taking in, opening and scanning files (ファイルの受入・検査)."""

import logging
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from typing import BinaryIO, NamedTuple

from app.accounts.models import User
from app.core import clock
from app.core.errors import InvalidInput, NotAllowed, NotFound
from app.core.storage import DamagedContent, MissingContent, StorageFailure, store
from app.extensions import db
from app.files.gate import check_content, clean_name
from app.files.labels import size_words
from app.files.models import StoredFile, Verdict
from app.files.queries import unnamed, waiting_files
from app.files.scanner import Finding, ScannerUnavailable, current_scanner, is_scanning
from app.freezes.models import FrozenKind
from app.freezes.queries import is_frozen

logger = logging.getLogger(__name__)

PUBLIC_ID_BYTES = 16
# A content that no row names is kept this long: the row may be about to be committed.
ORPHAN_AGE = timedelta(hours=24)
SCANNED_AT_ONCE = 50
SCAN_ROUND_SECONDS = 40.0
UNREADABLE = "保管した内容を読み出せません"
ERASED = (
    "このファイルは、保存期間が終わったため廃棄しました。提出の記録とハッシュだけが残っています。"
)

Work = Callable[[], int]


class Received(NamedTuple):
    """A content that passed the gate and lies in the store; no row names it yet (受領)."""

    name: str
    media_type: str
    sha256: str
    size_bytes: int


def receive(content: BinaryIO, name: str, *, size_limit_bytes: int) -> Received:
    """Check a file and put it in the store (受入検査と保管); writes nothing in the database.

    Slow work: call it before the unit of work, where no lock is held. A content whose row is never
    committed is swept after ORPHAN_AGE. Raises InvalidInput at `file`, StorageFailure.
    """
    size = content.seek(0, 2)
    content.seek(0)
    if size > size_limit_bytes:
        limit, found = size_words(size_limit_bytes), size_words(size)
        raise InvalidInput({"file": [f"大きすぎます（{found}。1ファイル{limit}まで）"]})
    media_type = check_content(name, content, size)
    sha256, stored_size = store().put(content)
    return Received(clean_name(name), media_type, sha256, stored_size)


def keep(received: Received, *, actor: User) -> StoredFile:
    """Name a received content in the running transaction (登録); its owner is added by the caller.

    Raises StorageFailure when the content is not there: no row without its content (P02).
    """
    if not store().exists(received.sha256):
        raise StorageFailure("the received content is gone")
    stored = StoredFile(
        public_id=secrets.token_urlsafe(PUBLIC_ID_BYTES),
        sha256=received.sha256,
        size_bytes=received.size_bytes,
        media_type=received.media_type,
        name=received.name,
        organization_id=actor.organization_id,
        uploaded_by_id=actor.id,
        uploaded_at=clock.now(),
        verdict=Verdict.WAITING,
        scan_note="",
    )
    if not is_scanning():
        scan(stored)
    db.session.add(stored)
    db.session.flush()
    return stored


def take_in(content: BinaryIO, name: str, *, size_limit_bytes: int, actor: User) -> StoredFile:
    """Check, store and name a file in one go (ファイルの受入), inside a unit of work.

    Raises InvalidInput at `file`, StorageFailure.
    """
    return keep(receive(content, name, size_limit_bytes=size_limit_bytes), actor=actor)


def open_content(stored: StoredFile) -> BinaryIO:
    """Open the content of a file, found whole (内容を開く). Raises StorageFailure.

    For our own reading, whatever the scanner said; readers get files through `serving` alone.
    Raises NotAllowed for one that was erased by plan (廃棄), NotFound for a frozen one (凍結).
    """
    if stored.erased_at is not None:
        raise NotAllowed(ERASED)
    if is_frozen(FrozenKind.FILE, stored.sha256):
        raise NotFound
    return store().open(stored.sha256)


def scan(stored: StoredFile) -> None:
    """Let the scanner judge a file now (検査); it goes on waiting when the scanner cannot."""
    found = _examine(stored.sha256)
    if found is not None:
        _judge(stored, found)


def look_for_viruses() -> Work:
    """Scan what waits, outside any transaction that writes (定期検査); the work notes the verdicts.

    What the scanner could not judge goes on waiting; a round ends after SCAN_ROUND_SECONDS.
    """
    until = time.monotonic() + SCAN_ROUND_SECONDS
    found: dict[int, Finding] = {}
    for stored in waiting_files(SCANNED_AT_ONCE):
        if time.monotonic() > until:
            break
        finding = _examine(stored.sha256)
        if finding is not None:
            found[stored.id] = finding
    return lambda: _note_findings(found)


def look_for_orphans() -> Work:
    """Find contents that no row names and that are old enough (掃除); the work deletes them."""
    put_before = clock.now() - ORPHAN_AGE
    old = [content.sha256 for content in store().hashes() if content.put_at < put_before]
    orphans = unnamed(old)

    def sweep() -> int:
        # Asked again under the lock, and the store looks at the date again: a content that came
        # back meanwhile stays.
        gone = [store().delete(sha256, put_before=put_before) for sha256 in unnamed(orphans)]
        return sum(gone) + store().remove_half_written(put_before)

    return sweep


def _examine(sha256: str) -> Finding | None:
    try:
        with store().open(sha256) as content:
            return current_scanner().scan(content)
    except (MissingContent, DamagedContent):
        return Finding(Verdict.FAILED, UNREADABLE)
    except (ScannerUnavailable, StorageFailure):
        logger.warning("content %s waits: scanner or store does not answer", sha256)
        return None


def _note_findings(found: dict[int, Finding]) -> int:
    noted = 0
    for file_id, finding in found.items():
        stored = db.session.get(StoredFile, file_id, with_for_update=True)
        if stored is not None and stored.verdict is Verdict.WAITING:
            _judge(stored, finding)
            noted += 1
    db.session.flush()
    return noted


def _judge(stored: StoredFile, finding: Finding) -> None:
    stored.verdict = finding.verdict
    stored.scan_note = finding.note
    stored.scanned_at = clock.now()
