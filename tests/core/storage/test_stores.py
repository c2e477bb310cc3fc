"""The stores (保管庫): a folder and a bucket keep the same promises."""

import hashlib
import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from app.core import clock
from app.core.storage import (
    DamagedContent,
    MissingContent,
    StorageFailure,
    Store,
    StoredContent,
)
from app.core.storage import folder as folder_module
from app.core.storage.chosen import open_store
from app.core.storage.folder import FolderStore
from app.core.storage.s3 import S3Store

CONTENT = "別紙の内容".encode() * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
BUCKET = "triage"


@pytest.fixture(scope="module")
def s3_url() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and region; without them the client would ask the network who it is."""
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)


@pytest.fixture
def s3_store(s3_url: str, s3_account: None) -> Iterator[S3Store]:
    bucket = boto3.resource("s3", endpoint_url=s3_url).create_bucket(Bucket=BUCKET)
    store = S3Store(BUCKET, "files", s3_url)
    yield store
    store.client.close()
    bucket.objects.all().delete()
    bucket.meta.client.close()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "s3":
        found: Store = request.getfixturevalue("s3_store")
        return found
    return FolderStore(tmp_path / "files")


def damage(store: Store, sha256: str) -> None:
    """Change one byte behind the back of the store."""
    damaged = b"x" + CONTENT[1:]
    if isinstance(store, FolderStore):
        (store.root / sha256[:2] / sha256).write_bytes(damaged)
    else:
        assert isinstance(store, S3Store)
        store.client.put_object(Bucket=BUCKET, Key=f"files/{sha256[:2]}/{sha256}", Body=damaged)


def read(store: Store, sha256: str) -> bytes:
    with store.open(sha256) as content:
        return content.read()


# --- What both promise --------------------------------------------------------------------------


def test_content_comes_back_as_it_was_put(store: Store) -> None:
    named = store.put(BytesIO(CONTENT))

    assert named == (SHA256, len(CONTENT))
    assert read(store, SHA256) == CONTENT
    assert store.exists(SHA256)


def test_equal_contents_are_kept_once(store: Store) -> None:
    store.put(BytesIO(CONTENT))
    store.put(BytesIO(CONTENT))
    store.put(BytesIO(b"other"))

    assert sorted(row.sha256 for row in store.hashes()) == sorted(
        [SHA256, hashlib.sha256(b"other").hexdigest()]
    )


def test_large_content_comes_back(store: Store) -> None:
    large = os.urandom(1 << 20) * 3

    sha256, size = store.put(BytesIO(large))

    assert size == len(large)
    assert hashlib.sha256(read(store, sha256)).hexdigest() == sha256


@pytest.mark.parametrize("name", [SHA256, "", "../../etc/passwd", "A" * 64, "0" * 63])
def test_content_that_is_not_there_is_missing(store: Store, name: str) -> None:
    assert not store.exists(name)
    with pytest.raises(MissingContent):
        store.open(name)


def test_damaged_content_is_not_handed_out(store: Store) -> None:
    store.put(BytesIO(CONTENT))
    damage(store, SHA256)

    with pytest.raises(DamagedContent):
        store.open(SHA256)


def test_putting_again_heals_a_damaged_content(store: Store) -> None:
    store.put(BytesIO(CONTENT))
    damage(store, SHA256)

    store.put(BytesIO(CONTENT))

    assert read(store, SHA256) == CONTENT


def test_deleted_content_is_gone(store: Store) -> None:
    store.put(BytesIO(CONTENT))

    assert store.delete(SHA256)
    assert not store.delete(SHA256)
    assert not store.exists(SHA256)
    assert list(store.hashes()) == []


def test_content_put_again_meanwhile_is_not_deleted(store: Store) -> None:
    before = clock.now() - timedelta(hours=1)
    store.put(BytesIO(CONTENT))

    assert not store.delete(SHA256, put_before=before)
    assert store.exists(SHA256)
    assert store.delete(SHA256, put_before=clock.now() + timedelta(hours=1))


def test_date_of_a_content_is_that_of_its_last_putting(store: Store) -> None:
    store.put(BytesIO(CONTENT))

    (found,) = store.hashes()

    assert isinstance(found, StoredContent)
    assert abs(clock.now() - found.put_at) < timedelta(minutes=5)


# --- The folder ---------------------------------------------------------------------------------


class Crash(Exception):
    """The process ends here."""


@pytest.mark.parametrize("step", ["fsync", "rename", "sync folder"])
def test_p02_crash_leaves_the_content_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    store = FolderStore(tmp_path)

    def crash(*_: Any) -> None:
        raise Crash

    with monkeypatch.context() as patch:
        if step == "fsync":
            patch.setattr(os, "fsync", crash)
        elif step == "rename":
            patch.setattr(Path, "replace", crash)
        else:
            patch.setattr(folder_module, "_sync_folder", crash)
        with pytest.raises(Crash):
            store.put(BytesIO(CONTENT))

    found = [row.sha256 for row in store.hashes()]
    assert found == ([SHA256] if step == "sync folder" else [])
    assert [read(store, sha256) for sha256 in found] == [CONTENT] * len(found)
    assert list(tmp_path.glob(".part-*")) == []


def test_p02_content_is_synced_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path)
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (steps.append("fsync"), fsync(handle))[1])
    monkeypatch.setattr(
        Path, "replace", lambda path, to: (steps.append("rename"), replace(path, to))[1]
    )

    store.put(BytesIO(CONTENT))

    assert steps == ["fsync", "rename", "fsync", "fsync"]


def test_content_is_readable_to_its_owner_alone(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / "files")

    store.put(BytesIO(CONTENT))

    path = tmp_path / "files" / SHA256[:2] / SHA256
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_half_written_contents_of_killed_processes_are_removed(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    store.put(BytesIO(CONTENT))
    (tmp_path / ".part-killed").write_bytes(b"half")

    later = clock.now() + timedelta(hours=1)

    assert store.remove_half_written(later - timedelta(hours=2)) == 0
    assert store.remove_half_written(later) == 1
    assert [row.sha256 for row in store.hashes()] == [SHA256]


def test_folder_that_cannot_be_written_is_a_failure_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("no folder")

    with pytest.raises(StorageFailure):
        FolderStore(tmp_path / "files").put(BytesIO(CONTENT))


def test_folder_that_does_not_exist_yet_holds_nothing(tmp_path: Path) -> None:
    assert list(FolderStore(tmp_path / "files").hashes()) == []


# --- The bucket ---------------------------------------------------------------------------------


def test_bucket_that_does_not_exist_is_a_failure_of_the_store(s3_store: S3Store) -> None:
    elsewhere = S3Store("no-such-bucket", "", s3_store.client.meta.endpoint_url)

    with pytest.raises(StorageFailure):
        elsewhere.put(BytesIO(CONTENT))
    elsewhere.client.close()


def test_server_that_does_not_answer_is_a_failure_of_the_store(s3_store: S3Store) -> None:
    silent = S3Store(BUCKET, "", "http://127.0.0.1:1")

    with pytest.raises(StorageFailure):
        silent.exists(SHA256)
    silent.client.close()


def test_other_objects_of_the_bucket_are_left_alone(s3_store: S3Store) -> None:
    for key in (f"other/{SHA256[:2]}/{SHA256}", "files/readme.txt"):
        s3_store.client.put_object(Bucket=BUCKET, Key=key, Body=b"x")

    assert list(s3_store.hashes()) == []


# --- Which one ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("s3_account")
def test_address_chooses_the_store() -> None:
    folder = open_store("file:///srv/%E6%B7%BB%E4%BB%98")
    bucket = open_store("s3://triage/files/", "http://127.0.0.1:1")

    assert isinstance(folder, FolderStore)
    assert folder.root == Path("/srv/添付")
    assert isinstance(bucket, S3Store)
    assert (bucket.bucket, bucket.prefix) == ("triage", "files/")
    bucket.client.close()


@pytest.mark.parametrize("url", ["", "file://server/share", "file:///", "s3://", "ftp://x/y"])
def test_address_of_no_store_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="STORAGE_URL"):
        open_store(url)
