"""Store in a folder of this machine (フォルダーの保管庫)."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from app.core.storage.contract import (
    SHA256_PATTERN,
    MissingContent,
    StorageFailure,
    StoredContent,
    check_name,
    check_whole,
    copy_hashed,
)

LOCK_NAME = ".lock"
HALF_WRITTEN = ".part-"
PRIVATE_FOLDER = 0o700


class FolderStore:
    """Contents as files `ab/ab12…`: written aside, synced, renamed into place, folder synced."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, stream: BinaryIO) -> tuple[str, int]:
        """Keep a content; it is on the disk, under its name, when this returns (P02)."""
        with _failing_as_storage():
            self.root.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            # mkstemp makes the file readable to its owner alone (0600).
            handle, name = tempfile.mkstemp(prefix=HALF_WRITTEN, dir=self.root)
            part = Path(name)
            try:
                with os.fdopen(handle, "wb") as target:
                    sha256, size = copy_hashed(stream, target)
                    target.flush()
                    os.fsync(target.fileno())
                self._move_in(part, sha256)
            finally:
                part.unlink(missing_ok=True)
        return sha256, size

    def open(self, sha256: str) -> BinaryIO:
        """Open a content after reading it through. Raises MissingContent, DamagedContent."""
        path = self._path(check_name(sha256))
        with _failing_as_storage():
            try:
                content = path.open("rb")
            except FileNotFoundError as error:
                raise MissingContent(sha256) from error
            return check_whole(cast(BinaryIO, content), sha256)

    def exists(self, sha256: str) -> bool:
        """Whether there is a content of this sha256."""
        return bool(SHA256_PATTERN.fullmatch(sha256)) and self._path(sha256).is_file()

    def delete(self, sha256: str, *, put_before: datetime | None = None) -> bool:
        """Delete a content, unless it was put again since `put_before`."""
        path = self._path(check_name(sha256))
        with _failing_as_storage(), self._lock(fcntl.LOCK_EX):
            if not path.is_file() or (put_before and _put_at(path) >= put_before):
                return False
            path.unlink()
            _sync_folder(path.parent)
        return True

    def hashes(self) -> Iterator[StoredContent]:
        """Go through all contents; half-written ones of a killed process are not among them."""
        with _failing_as_storage():
            for path in self.root.glob("[0-9a-f][0-9a-f]/*"):
                if SHA256_PATTERN.fullmatch(path.name):
                    yield StoredContent(path.name, _put_at(path))

    def remove_half_written(self, put_before: datetime) -> int:
        """Remove what killed processes left unfinished before an instant; return how many."""
        with _failing_as_storage():
            old = [
                path for path in self.root.glob(f"{HALF_WRITTEN}*") if _put_at(path) < put_before
            ]
            for path in old:
                path.unlink(missing_ok=True)
        return len(old)

    def _move_in(self, part: Path, sha256: str) -> None:
        path = self._path(sha256)
        # Shared among those who put: only a deletion must not come between.
        with self._lock(fcntl.LOCK_SH):
            path.parent.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
            # An equal content is written over: that heals a damaged one and renews its date.
            part.replace(path)
            _sync_folder(path.parent)
            _sync_folder(self.root)

    def _path(self, sha256: str) -> Path:
        return self.root / sha256[:2] / sha256

    @contextmanager
    def _lock(self, kind: int) -> Iterator[None]:
        self.root.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        handle = os.open(self.root / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, kind)
            yield
        finally:
            os.close(handle)


@contextmanager
def _failing_as_storage() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageFailure(f"{type(error).__name__}: {error.strerror}") from error


def _put_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
