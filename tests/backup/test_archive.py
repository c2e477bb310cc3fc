"""The file of a backup (バックアップのファイル): whole, or refused."""

import hashlib
import io
import random
import stat
import tarfile
from pathlib import Path

import pytest

from app.backup.archive import SEAL, SEAL_SIZE, check_archive, new_archive
from app.backup.manifest import BackupFailure, DamagedBackup, Manifest, Moment

MOMENT = Moment(
    engine="sqlite", revision="0043", tables={"proposal": 1}, audit_seq=2, audit_hash="a" * 64
)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A small archive of two parts."""
    path = tmp_path / "a.backup"
    with new_archive(path) as writer:
        writer.add("database/sqlite3.gz", io.BytesIO(b"rows" * 50))
        writer.add("files/" + "b" * 64, io.BytesIO(b"text" * 50))
        writer.finish(
            Manifest(
                created_at="2024-08-27T10:00:00+09:00",
                moment=MOMENT,
                parts=list(writer.parts),
                missing=[],
            )
        )
    return path


def refuses(path: Path) -> bool:
    try:
        check_archive(path)
    except DamagedBackup:
        return True
    return False


def reseal(path: Path, tar: bytes) -> None:
    """Write a tar with a seal that fits, as somebody would who knows the format."""
    path.write_bytes(tar + SEAL + hashlib.sha256(tar).hexdigest().encode() + b"\n")


def rewritten(path: Path, change: dict[str, bytes | None]) -> bytes:
    """The tar with parts changed, added, or left out (None)."""
    with tarfile.open(path, "r:") as tar:
        parts: dict[str, bytes | None] = {}
        for member in tar:
            content = tar.extractfile(member)
            assert content is not None
            parts[member.name] = content.read()
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, part in {**parts, **change}.items():
            if part is not None:
                info = tarfile.TarInfo(name)
                info.size = len(part)
                tar.addfile(info, io.BytesIO(part))
    return target.getvalue()


def test_p14_archive_is_read_as_it_was_written(archive: Path) -> None:
    manifest = check_archive(archive)

    assert (manifest.moment, manifest.files) == (MOMENT, 1)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert [path.name for path in archive.parent.iterdir()] == ["a.backup"]


def test_p14_any_tar_reads_the_archive(archive: Path) -> None:
    with tarfile.open(archive) as tar:
        names = tar.getnames()

    assert names == ["database/sqlite3.gz", "files/" + "b" * 64, "manifest.json"]


def test_p14_one_flipped_byte_anywhere_is_refused(archive: Path, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    places = random.Random(14).sample(range(len(whole)), 20)
    places += [0, len(whole) - 1, len(whole) - SEAL_SIZE, len(whole) - SEAL_SIZE - 1]
    copy = tmp_path / "copy"

    refused = []
    for place in places:
        copy.write_bytes(whole[:place] + bytes([whole[place] ^ 0x01]) + whole[place + 1 :])
        refused.append(refuses(copy))

    assert refused == [True] * len(places)


def test_p14_shortened_and_lengthened_files_are_refused(archive: Path, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    copy = tmp_path / "copy"

    refused = []
    for content in (b"", whole[:-1], whole[: len(whole) // 2], whole + b"\n", b"x" * 40):
        copy.write_bytes(content)
        refused.append(refuses(copy))

    assert refused == [True] * 5


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"files/" + "b" * 64: None}, "部品 files/" + "b" * 64 + " がありません。"),
        ({"files/" + "c" * 64: b"x"}, "目録にない部品 files/" + "c" * 64 + " があります。"),
        ({"database/sqlite3.gz": b"x"}, "部品 database/sqlite3.gz が目録と合いません。"),
        ({"manifest.json": None}, "目録を読み取れません。"),
        ({"manifest.json": b"[1]"}, "目録を読み取れません。"),
        (
            {"manifest.json": b'{"format": "other"}'},
            "この製品が読めない形式のバックアップです（other）。",
        ),
    ],
)
def test_p14_sealed_anew_with_other_parts_is_refused(
    archive: Path, change: dict[str, bytes | None], words: str
) -> None:
    reseal(archive, rewritten(archive, change))

    with pytest.raises(DamagedBackup) as refusal:
        check_archive(archive)

    assert str(refusal.value) == words


def test_existing_file_is_never_written_over(archive: Path) -> None:
    before = archive.read_bytes()

    with pytest.raises(BackupFailure, match="既にあります"), new_archive(archive):
        pass

    assert archive.read_bytes() == before


def test_backup_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), new_archive(tmp_path / "a.backup"):
        raise RuntimeError("the disk is full")

    assert list(tmp_path.iterdir()) == []
