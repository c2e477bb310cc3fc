"""A backup taken while people work restores into an empty place (バックアップと復元)."""

import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.accounts.models import User
from app.backup.archive import MANIFEST, new_archive
from app.backup.create import create_backup
from app.backup.manifest import BackupFailure, Manifest, Moment
from app.backup.restore import restore_backup
from app.core import clock
from app.core.storage import store
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.files.models import StoredFile, Verdict
from app.integrity.checks import verify_all
from app.integrity.snapshot import snapshot
from app.proposals.models import Proposal
from app.registers.models import RegisterEntry
from app.rounds.models import Round
from app.workflow.states import State
from tests.backup.places import app_at, empty_place
from tests.backup.test_archive import reseal, rewritten
from tests.conftest import close_connections
from tests.databases import Databases
from tests.factories import World, make_in_state, make_submitted, make_world

WRITERS = 4
TEXT = b"what a city attached"


@pytest.fixture
def office(databases: Databases, migrated_database: str, tmp_path: Path) -> Iterator[Flask]:
    """An office with a few cases and a file, on a database and a store of its own."""
    url = databases.create(migrated_database)
    app = app_at(url, tmp_path / "files")
    with app.app_context(), unit_of_work() as session:
        world = make_world()
        make_in_state(world, State.CLASSIFIED)
        make_submitted(world)
        sha256, size = store().put(io.BytesIO(TEXT))
        session.add(stored_file(world, sha256, size))
    yield app
    close_connections(app)
    databases.drop(url)


def stored_file(world: World, sha256: str, size: int) -> StoredFile:
    city = world["city"]
    return StoredFile(
        public_id="x",
        sha256=sha256,
        size_bytes=size,
        media_type="application/pdf",
        name="図.pdf",
        organization_id=city.organization_id,
        uploaded_by_id=city.id,
        uploaded_at=clock.now(),
        verdict=Verdict.WAITING,
    )


def problems() -> list[str]:
    with snapshot() as connection:
        return [str(row) for result in verify_all(connection) for row in result.tally]


def numbers() -> set[str | None]:
    return set(db.session.scalars(select(Proposal.receipt_number)))


def write_on(app: Flask, is_over: threading.Event, acknowledged: list[str]) -> None:
    """Go on submitting as a body does; a number is told of after its commit."""
    while not is_over.is_set():
        with app.app_context():
            with unit_of_work() as session:
                people = {user.login: user for user in session.scalars(select(User))}
                round_ = session.scalars(select(Round)).one()
                entry = session.scalars(select(RegisterEntry)).first()
                assert entry is not None
                proposal = make_submitted(World(people=people, round=round_, entry=entry))
                number = proposal.reference
            acknowledged.append(number)


def test_p14_backup_under_writing_restores_whole(
    office: Flask, databases: Databases, tmp_path: Path
) -> None:
    is_over, acknowledged = threading.Event(), list[str]()
    writers = [
        threading.Thread(target=write_on, args=(office, is_over, acknowledged))
        for _ in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    while len(acknowledged) < WRITERS and any(writer.is_alive() for writer in writers):
        is_over.wait(0.01)
    with office.app_context():
        told = list(acknowledged)
        manifest = create_backup(tmp_path / "a.backup")
    is_over.set()
    for writer in writers:
        writer.join()

    with empty_place(databases, tmp_path / "other") as place, place.app_context():
        restored = restore_backup(tmp_path / "a.backup")
        there, found = numbers(), problems()
        with store().open(manifest.parts[-1].name.removeprefix("files/")) as stream:
            content = stream.read()

    assert set(told) - there == set()
    assert (restored, content, found) == (manifest, TEXT, [])
    assert len(acknowledged) >= len(told) >= WRITERS


def test_p14_restored_place_is_whole_and_goes_on(
    office: Flask, databases: Databases, tmp_path: Path
) -> None:
    with office.app_context():
        create_backup(tmp_path / "a.backup")
    with empty_place(databases, tmp_path / "other") as place, place.app_context():
        restore_backup(tmp_path / "a.backup")
        first = problems()
        cases = db.session.scalar(select(func.count(Proposal.id)))
        last = db.session.execute(
            text("SELECT verb, actor_label FROM audit_event ORDER BY seq DESC LIMIT 1")
        ).one()
        with unit_of_work() as session:
            city = session.scalars(select(StoredFile)).one()
            session.add(
                StoredFile(
                    public_id="y",
                    sha256=city.sha256,
                    size_bytes=city.size_bytes,
                    media_type=city.media_type,
                    name="次の図.pdf",
                    organization_id=city.organization_id,
                    uploaded_by_id=city.uploaded_by_id,
                    uploaded_at=clock.now(),
                    verdict=Verdict.WAITING,
                )
            )
        with pytest.raises(Exception, match="audit"), unit_of_work() as session:
            session.execute(text("UPDATE audit_event SET reason = 'x' WHERE seq = 1"))
        after = problems()

    assert (first, cases, tuple(last)) == ([], 2, ("backup.restore", "システム"))
    assert after == []


def test_p14_restore_over_anything_is_refused(
    office: Flask, databases: Databases, tmp_path: Path
) -> None:
    with office.app_context():
        create_backup(tmp_path / "a.backup")
        with pytest.raises(BackupFailure, match="データベースに既に行があります"):
            restore_backup(tmp_path / "a.backup")
        untouched = problems()
    with empty_place(databases, tmp_path / "other") as place, place.app_context():
        store().put(io.BytesIO(b"of somebody else"))
        with pytest.raises(BackupFailure, match="保管先に、このバックアップにないファイル"):
            restore_backup(tmp_path / "a.backup")

    assert untouched == []


@pytest.mark.parametrize(
    ("forged", "words"),
    [
        ({"tables": {"proposal": 3}}, "復元した表 proposal の行数（2）が、目録（3）と合いません"),
        ({"audit_hash": "0" * 64}, "復元した監査証跡の先頭が、目録と合いません"),
    ],
)
def test_p14_what_was_restored_is_compared_with_the_manifest(
    office: Flask, databases: Databases, tmp_path: Path, forged: dict[str, Any], words: str
) -> None:
    path = tmp_path / "a.backup"
    with office.app_context():
        manifest = create_backup(path)
    told = replace(manifest, moment=replace(manifest.moment, **forged))
    reseal(path, rewritten(path, {MANIFEST: told.to_json()}))

    with (
        empty_place(databases, tmp_path / "other") as place,
        place.app_context(),
        pytest.raises(BackupFailure, match=words) as refused,
    ):
        restore_backup(path)

    assert "使わずに消し、空のものに" in str(refused.value)


def test_p14_backup_tells_of_a_file_it_could_not_take(office: Flask, tmp_path: Path) -> None:
    with office.app_context():
        (content,) = store().hashes()
        store().delete(content.sha256)
        manifest = create_backup(tmp_path / "a.backup")
    told = office.test_cli_runner().invoke(args=["backup", "create", str(tmp_path / "b.backup")])

    assert manifest.missing == [content.sha256]
    assert (told.exit_code, "1件あり、写せませんでした" in told.output) == (1, True)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ({"engine": "other"}, "このバックアップは other のものです"),
        ({"revision": "9999"}, "より新しい版のものです（表の版 9999）"),
    ],
)
def test_p14_backup_of_another_kind_is_refused_in_words(
    office: Flask, tmp_path: Path, moment: dict[str, str], words: str
) -> None:
    values = {"engine": "sqlite", "revision": "0043", "audit_hash": "", **moment}
    with office.app_context():
        if "engine" not in moment:
            values["engine"] = db.engine.dialect.name
        with new_archive(tmp_path / "a.backup") as writer:
            made = Moment(tables={}, audit_seq=0, **values)
            writer.finish(Manifest(created_at="", moment=made, parts=[], missing=[]))
        with pytest.raises(BackupFailure, match=words):
            restore_backup(tmp_path / "a.backup")


def test_p14_commands_make_check_and_refuse(office: Flask, tmp_path: Path) -> None:
    runner, path = office.test_cli_runner(), tmp_path / "a.backup"

    made = runner.invoke(args=["backup", "create", str(path)])
    checked = runner.invoke(args=["backup", "verify", str(path)])
    again = runner.invoke(args=["backup", "create", str(path)])
    path.write_bytes(path.read_bytes().replace(b"manifest", b"manifesu", 1))
    refused = runner.invoke(args=["backup", "verify", str(path)])

    results = (made, checked, again, refused)
    assert [result.exit_code for result in results] == [0, 0, 1, 1]
    assert "提案 2件、ファイル 1件" in checked.output
    assert "作ったときのままではありません" in refused.output
