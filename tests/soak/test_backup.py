"""Backups under load, and what they prove (P14): printed for docs/soak.md.

SOAK_BACKUPS (10) how many, one every SOAK_BACKUP_SECONDS (5), beside SOAK_WRITERS (8) who submit;
SOAK_FLIPS (200) places of one byte each.
"""

import io
import os
import random
import sys
import threading
import time
from pathlib import Path

from flask import Flask

from app.backup.create import create_backup
from app.backup.restore import restore_backup
from app.core.storage import store
from app.extensions import db
from tests.backup.places import app_at, empty_place
from tests.backup.test_archive import refuses
from tests.backup.test_restore import numbers, problems, write_on
from tests.conftest import close_connections
from tests.databases import Databases
from tests.factories import make_submitted, make_world

BACKUPS = int(os.environ.get("SOAK_BACKUPS", "10"))
EVERY_SECONDS = float(os.environ.get("SOAK_BACKUP_SECONDS", "5"))
WRITERS = int(os.environ.get("SOAK_WRITERS", "8"))
FLIPS = int(os.environ.get("SOAK_FLIPS", "200"))


def start_office(databases: Databases, template: str, folder: Path) -> Flask:
    app = app_at(databases.create(template), folder)
    with app.app_context():
        session = db.session
        make_submitted(make_world())
        store().put(io.BytesIO(b"what a city attached"))
        session.commit()
    return app


def test_p14_backups_under_load_all_restore(
    databases: Databases, migrated_database: str, tmp_path: Path
) -> None:
    office = start_office(databases, migrated_database, tmp_path / "files")
    is_over, acknowledged = threading.Event(), list[str]()
    writers = [
        threading.Thread(target=write_on, args=(office, is_over, acknowledged))
        for _ in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    told: list[set[str]] = []
    taken: list[float] = []
    for number in range(BACKUPS):
        time.sleep(EVERY_SECONDS)
        told.append(set(acknowledged))
        started = time.monotonic()
        with office.app_context():
            create_backup(tmp_path / f"{number}.backup")
        taken.append(time.monotonic() - started)
    is_over.set()
    for writer in writers:
        writer.join()
    close_connections(office)

    lost, broken, restoring = 0, 0, []
    for number, before in enumerate(told):
        place_folder = tmp_path / f"files-{number}"
        with empty_place(databases, place_folder) as place, place.app_context():
            started = time.monotonic()
            restore_backup(tmp_path / f"{number}.backup")
            broken += len(problems())
            restoring.append(time.monotonic() - started)
            lost += len(before - numbers())

    sys.stdout.write(
        f"\n{BACKUPS} backups beside {WRITERS} writers, {len(acknowledged)} submissions: {lost} of"
        f" those told of before a backup missing in it, {broken} findings; a backup took"
        f" {max(taken):.1f} s at most, restore and verify {max(restoring):.1f} s\n"
    )
    assert (lost, broken) == (0, 0)
    assert min(len(before) for before in told) > 0


def test_p14_one_byte_flipped_in_many_places_is_always_refused(
    databases: Databases, migrated_database: str, tmp_path: Path
) -> None:
    office = start_office(databases, migrated_database, tmp_path / "files")
    with office.app_context():
        create_backup(tmp_path / "a.backup")
    close_connections(office)
    whole = (tmp_path / "a.backup").read_bytes()
    copy = tmp_path / "copy"

    refused = 0
    for place in random.Random(200).sample(range(len(whole)), FLIPS):
        copy.write_bytes(whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :])
        refused += refuses(copy)

    sys.stdout.write(f"\n{FLIPS} flipped bytes in {len(whole)}: {refused} refused\n")
    assert refused == FLIPS
