"""The file of a backup (バックアップのファイル): a tar with its manifest, then its own sha256.

Any tar reads it. The last line seals all bytes before it, so that a flipped bit is found also where
a tar has only padding.
"""

import hashlib
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from app.backup.manifest import (
    BackupFailure,
    DamagedBackup,
    Manifest,
    Part,
    read_manifest,
)
from app.core.storage import CHUNK

MANIFEST = "manifest.json"
SEAL = b"\nKYOTSU-BACKUP-SHA256 "
SEAL_SIZE = len(SEAL) + 64 + 1
NOT_WHOLE = "バックアップが、作ったときのままではありません"


class _Hashed:
    """A stream that is hashed while it is read or written (ハッシュ付きの読み書き)."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.stream.read(size)
        self.digest.update(chunk)
        return chunk

    def write(self, chunk: bytes) -> int:
        self.digest.update(chunk)
        return self.stream.write(chunk)


class ArchiveWriter:
    """Takes the parts of a backup one after another (書き手); memory does not grow with them."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = _Hashed(target)
        self._tar = tarfile.open(  # noqa: SIM115 - closed by finish
            mode="w|", fileobj=cast(IO[bytes], self._target), format=tarfile.PAX_FORMAT
        )
        self.parts: list[Part] = []

    def add(self, name: str, stream: BinaryIO) -> Part:
        """Add a part from a stream that can be rewound (部品を加える)."""
        info = tarfile.TarInfo(name)
        info.size = stream.seek(0, os.SEEK_END)
        info.mode = 0o600
        stream.seek(0)
        source = _Hashed(stream)
        self._tar.addfile(info, cast(IO[bytes], source))
        part = Part(name=name, sha256=source.digest.hexdigest(), size=info.size)
        self.parts.append(part)
        return part

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest and seal everything (封)."""
        with tempfile.TemporaryFile() as content:
            content.write(manifest.to_json())
            self.add(MANIFEST, cast(BinaryIO, content))
        self._tar.close()
        seal = SEAL + self._target.digest.hexdigest().encode() + b"\n"
        self._target.stream.write(seal)


@contextmanager
def new_archive(path: Path) -> Iterator[ArchiveWriter]:
    """Write an archive aside and move it into place when it is whole and on the disk.

    Only its owner can read it. An existing file is never written over. Raises BackupFailure.
    """
    if path.exists():
        raise BackupFailure(f"{path} は既にあります。別の名前を指定してください。")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.part-", dir=path.parent)
    except OSError as error:
        raise BackupFailure(f"{path.parent} に書けません（{error.strerror}）。") from error
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as target:
            yield ArchiveWriter(target)
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
        sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk (フォルダーの同期)."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_archive(path: Path) -> Manifest:
    """Read a whole archive and compare every byte and part (照合). Raises DamagedBackup.

    The seal comes first: nothing of a file that is not whole is interpreted.
    """
    try:
        _check_seal(path)
        found: list[Part] = []
        last = b""
        with tarfile.open(path, mode="r:") as tar:
            for member in tar:
                if member.name == MANIFEST:
                    last = _content(tar, member).read()
                else:
                    found.append(_part_of(tar, member))
    except (OSError, tarfile.TarError, EOFError) as error:
        raise DamagedBackup(f"{NOT_WHOLE}（{type(error).__name__}）。") from error
    manifest = read_manifest(last)
    _compare(manifest.parts, found)
    return manifest


def for_each_part(path: Path, prefix: str, work: Callable[[str, BinaryIO], None]) -> None:
    """Hand every part whose name begins so to a function, as a stream (部品ごとに)."""
    with tarfile.open(path, mode="r:") as tar:
        for member in tar:
            if member.name.startswith(prefix):
                with _content(tar, member) as stream:
                    work(member.name, cast(BinaryIO, stream))


def _check_seal(path: Path) -> None:
    left = path.stat().st_size - SEAL_SIZE
    if left <= 0:
        raise DamagedBackup(f"{NOT_WHOLE}（短すぎます）。")
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while left:
            chunk = source.read(min(CHUNK, left))
            if not chunk:
                raise DamagedBackup(f"{NOT_WHOLE}（短すぎます）。")
            digest.update(chunk)
            left -= len(chunk)
        if source.read() != SEAL + digest.hexdigest().encode() + b"\n":
            raise DamagedBackup(f"{NOT_WHOLE}（封のハッシュが合いません）。")


def _part_of(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Part:
    source = _Hashed(_content(tar, member))
    while source.read(CHUNK):
        pass
    return Part(name=member.name, sha256=source.digest.hexdigest(), size=member.size)


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = tar.extractfile(member) if member.isreg() else None
    if content is None:
        raise DamagedBackup(f"{NOT_WHOLE}（{member.name} はファイルではありません）。")
    return content


def _compare(told: list[Part], found: list[Part]) -> None:
    wanted = {part.name: part for part in told}
    there = {part.name: part for part in found}
    for name in sorted(wanted.keys() - there.keys()):
        raise DamagedBackup(f"部品 {name} がありません。")
    for name in sorted(there.keys() - wanted.keys()):
        raise DamagedBackup(f"目録にない部品 {name} があります。")
    if len(found) != len(there):
        raise DamagedBackup("同じ名前の部品が2つあります。")
    for name, part in there.items():
        if wanted[name] != part:
            raise DamagedBackup(f"部品 {name} が目録と合いません。")
