"""What every store can do (保管庫の約束), and what may go wrong with one."""

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, NamedTuple, Protocol

CHUNK = 1 << 20  # bytes read at a time: memory does not grow with the file
SHA256_PATTERN = re.compile(r"[0-9a-f]{64}")


class StorageFailure(Exception):
    """The store does not answer or cannot write; nothing was promised (保管庫の障害)."""


class MissingContent(StorageFailure):
    """The store has no content of this sha256 (内容がない)."""


class DamagedContent(StorageFailure):
    """The content is no longer what its sha256 says (内容の破損); it is never handed out."""


class StoredContent(NamedTuple):
    """One content and when it was put last (保管した内容)."""

    sha256: str
    put_at: datetime


class Store(Protocol):
    """A place for contents (保管庫). Every method may raise StorageFailure."""

    def put(self, stream: BinaryIO) -> tuple[str, int]:
        """Keep what the stream holds, durably; return its sha256 and its size in bytes.

        Putting an equal content again renews its date, so that the sweep leaves it alone.
        """

    def open(self, sha256: str) -> BinaryIO:
        """Open a content that was found whole. Raises MissingContent, DamagedContent."""

    def exists(self, sha256: str) -> bool:
        """Whether there is a content of this sha256."""

    def delete(self, sha256: str, *, put_before: datetime | None = None) -> bool:
        """Delete a content, unless it was put again since `put_before`; say whether it went."""

    def hashes(self) -> Iterator[StoredContent]:
        """Go through all contents, in no order."""

    def remove_half_written(self, put_before: datetime) -> int:
        """Remove what killed processes left unfinished before an instant; return how many."""


def check_name(sha256: str) -> str:
    """Return the sha256 if it is one: nothing else becomes a path. Raises MissingContent."""
    if not SHA256_PATTERN.fullmatch(sha256):
        raise MissingContent("this is no sha256")
    return sha256


def copy_hashed(source: BinaryIO, target: BinaryIO) -> tuple[str, int]:
    """Copy a stream in pieces; return the sha256 and the number of bytes."""
    digest = hashlib.sha256()
    size = 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        target.write(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def check_whole(content: BinaryIO, sha256: str) -> BinaryIO:
    """Read a content through and rewind it (照合). Raises DamagedContent, and closes it then."""
    digest = hashlib.sha256()
    while chunk := content.read(CHUNK):
        digest.update(chunk)
    if digest.hexdigest() != sha256:
        content.close()
        raise DamagedContent(sha256)
    content.seek(0)
    return content
