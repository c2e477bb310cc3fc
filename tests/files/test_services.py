"""Taking in, scanning and sweeping files (ファイルの受入・検査・掃除)."""

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import InvalidInput
from app.core.storage import StorageFailure, Store, chosen, store
from app.core.storage.folder import FolderStore
from app.core.unit_of_work import unit_of_work
from app.files.labels import NOT_SCANNED, size_words, verdict_label
from app.files.models import StoredFile, Verdict
from app.files.services import (
    keep,
    look_for_orphans,
    look_for_viruses,
    open_content,
    receive,
    scan,
    take_in,
)
from tests.factories import World, interrupted, make_world
from tests.files.documents import pdf, xlsx
from tests.files.hostile import EICAR
from tests.files.scanners import fake_clamd
from tests.files.scanning import use_scanner

LIMIT = 20 << 20


@pytest.fixture(autouse=True)
def own_store(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FolderStore:
    """Give the test a store of its own: sweeping looks at all of it."""
    own = FolderStore(tmp_path / "files")
    monkeypatch.setitem(app.extensions, chosen.EXTENSION, own)
    return own


@pytest.fixture
def world(db_session: Session) -> World:
    world = make_world()
    db_session.commit()
    return world


def taken_in(world: World, content: bytes = b"1,2\n", name: str = "a.csv") -> StoredFile:
    with unit_of_work():
        return take_in(BytesIO(content), name, size_limit_bytes=LIMIT, actor=world["city"])


def put_at(own_store: FolderStore, sha256: str, hours_ago: float) -> None:
    """Make a content look as if it was put some hours ago."""
    path = own_store.root / sha256[:2] / sha256
    instant = (clock.now() - timedelta(hours=hours_ago)).timestamp()
    os.utime(path, (instant, instant))


# --- Taking in ----------------------------------------------------------------------------------


def test_file_is_taken_in_with_all_that_is_known_of_it(world: World) -> None:
    content = xlsx()

    stored = taken_in(world, content, "../別紙.xlsx")

    assert (stored.name, stored.size_bytes) == ("別紙.xlsx", len(content))
    assert (stored.organization_id, stored.uploaded_by_id) == (
        world["city"].organization_id,
        world["city"].id,
    )
    assert len(stored.public_id) == 22
    with open_content(stored) as kept:
        assert kept.read() == content


def test_file_without_a_scanner_is_marked_as_not_scanned(world: World) -> None:
    stored = taken_in(world)

    assert (stored.verdict, stored.scan_note) == (Verdict.CLEAN, NOT_SCANNED)
    assert verdict_label(stored) == "ウイルス検査なし"
    assert stored.scanned_at is not None


def test_two_files_of_equal_content_have_ids_of_their_own(world: World) -> None:
    first, second = taken_in(world), taken_in(world)

    assert first.sha256 == second.sha256
    assert first.public_id != second.public_id


def test_file_over_the_limit_is_refused_before_anything_is_kept(world: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        receive(BytesIO(b"1,2\n" * 1000), "a.csv", size_limit_bytes=3000)

    assert refused.value.errors == {"file": ["大きすぎます（4KB。1ファイル3KBまで）"]}
    assert list(store().hashes()) == []


def test_refused_file_leaves_nothing(world: World, db_session: Session) -> None:
    with pytest.raises(InvalidInput):
        taken_in(world, b"MZ", "a.exe")

    assert list(store().hashes()) == []
    assert db_session.scalar(select(func.count()).select_from(StoredFile)) == 0


# --- P02: file and row live or die together -----------------------------------------------------


def test_p02_row_is_never_committed_without_its_content(world: World, db_session: Session) -> None:
    received = receive(BytesIO(pdf()), "a.pdf", size_limit_bytes=LIMIT)
    store().delete(received.sha256)

    with pytest.raises(StorageFailure), unit_of_work():
        keep(received, actor=world["city"])

    assert db_session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_p02_death_between_content_and_commit_leaves_an_orphan_that_is_swept(
    world: World, db_session: Session, own_store: FolderStore
) -> None:
    received = receive(BytesIO(pdf()), "a.pdf", size_limit_bytes=LIMIT)

    with pytest.raises(RuntimeError):
        interrupted(lambda: keep(received, actor=world["city"]))
    rows = db_session.scalar(select(func.count()).select_from(StoredFile))
    put_at(own_store, received.sha256, hours_ago=25)
    swept = look_for_orphans()()

    assert rows == 0
    assert swept == 1
    assert not store().exists(received.sha256)


def test_p02_store_that_fails_leaves_no_row(
    world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> tuple[str, int]:
        raise StorageFailure("the disk is full")

    monkeypatch.setattr(FolderStore, "put", fail)

    with pytest.raises(StorageFailure):
        taken_in(world)

    assert db_session.scalar(select(func.count()).select_from(StoredFile)) == 0


def test_p02_sweep_leaves_what_a_row_names_and_what_is_young(
    world: World, own_store: FolderStore
) -> None:
    named = taken_in(world)
    put_at(own_store, named.sha256, hours_ago=1000)
    young, _ = own_store.put(BytesIO(b"young"))
    put_at(own_store, young, hours_ago=23)

    swept = look_for_orphans()()

    assert swept == 0
    assert {row.sha256 for row in own_store.hashes()} == {named.sha256, young}


def test_p02_content_that_comes_back_during_the_sweep_stays(
    world: World, own_store: FolderStore
) -> None:
    orphan, _ = own_store.put(BytesIO(b"1,2\n"))
    put_at(own_store, orphan, hours_ago=30)
    sweep = look_for_orphans()
    taken_in(world, b"1,2\n")

    swept = sweep()

    assert swept == 0
    assert store().exists(orphan)


# --- P33: scanning ------------------------------------------------------------------------------


def test_p33_file_waits_until_the_scanner_has_passed_it(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_clamd() as clamd:
        use_scanner(app, monkeypatch, clamd.setting)
        clean, infected = taken_in(world), taken_in(world, EICAR)
        before = [clean.verdict, infected.verdict]

        noted = look_for_viruses()()

    assert before == [Verdict.WAITING, Verdict.WAITING]
    assert noted == 2
    assert (clean.verdict, clean.scan_note) == (Verdict.CLEAN, "")
    assert (infected.verdict, infected.scan_note) == (Verdict.INFECTED, "Eicar-Test")


@pytest.mark.parametrize("behaviour", ["closed", "garbage", "half"])
def test_p33_scanner_that_gives_no_answer_leaves_all_waiting(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch, behaviour: str
) -> None:
    with fake_clamd(behaviour) as clamd:
        use_scanner(app, monkeypatch, clamd.setting)
        stored = taken_in(world)

        noted = look_for_viruses()()
        scan(stored)

    assert noted == 0
    assert (stored.verdict, stored.scanned_at) == (Verdict.WAITING, None)


def test_p33_content_that_is_gone_can_never_be_passed(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_clamd() as clamd:
        use_scanner(app, monkeypatch, clamd.setting)
        stored = taken_in(world)
        gone: Store = store()
        gone.delete(stored.sha256)

        look_for_viruses()()

    assert stored.verdict is Verdict.FAILED


def test_verdict_once_given_is_not_written_over(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_clamd() as clamd:
        use_scanner(app, monkeypatch, clamd.setting)
        stored = taken_in(world)
        late = look_for_viruses()
        stored.verdict, stored.scanned_at = Verdict.INFECTED, clock.now()

        noted = late()

    assert noted == 0
    assert stored.verdict is Verdict.INFECTED


# --- Words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1, "1バイト"),
        (1023, "1023バイト"),
        (1024, "1KB"),
        (1025, "2KB"),
        (1 << 20, "1.0MB"),
        ((1 << 20) + 1, "1.1MB"),
        (20 << 20, "20.0MB"),
    ],
)
def test_size_is_never_said_smaller_than_it_is(size: int, words: str) -> None:
    assert size_words(size) == words
