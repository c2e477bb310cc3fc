"""A disk that is full while people submit (P16): an error page, no loss, normal afterwards.

SOAK_FULL (5) seconds without a free byte. On a small file system in memory, which root alone may
mount; SQLite alone, the disk of PostgreSQL is its server's.
"""

import http.client
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.core.disk import disk_spaces, low_places
from tests.databases import Databases
from tests.soak.office import CLIENTS, at_work, office_at, wait_for
from tests.soak.submitters import Submitter

FULL_SECONDS = float(os.environ.get("SOAK_FULL", "5"))
SIZE = "48m"
LONGEST_RECOVERY = 60.0


@pytest.fixture
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    if request.config.getoption("database") != "sqlite":
        pytest.skip("the disk of PostgreSQL is its server's")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False).returncode != 0:
        pytest.skip("a file system may not be mounted here")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_p16_full_disk_is_told_and_nothing_is_lost(
    databases: Databases, migrated_database: str, small_disk: Path
) -> None:
    place = small_disk / "database.sqlite3"
    shutil.copyfile(make_url(migrated_database).database or "", place)
    with office_at(databases, f"sqlite:///{place}", small_disk) as office:
        people = [Submitter(f"city{number}", office.port) for number in range(CLIENTS)]
        office.start_web()
        for person in people:
            person.sign_in()
        with at_work(*(person.go_on for person in people)):
            wait_for(lambda: count(people) > 0, "a submission before")
            filler = fill(small_disk)
            pages = look(people[0], FULL_SECONDS)
            is_low = low_places(disk_spaces(office.app.config["SETTINGS"]))
            filler.unlink()
            freed, goal = time.monotonic(), count(people) + 1
            wait_for(lambda: count(people) >= goal, "a submission afterwards")
            recovered = time.monotonic() - freed
        office.stop_web()
        findings, there = office.findings(), office.numbers()

    told = [row for person in people for row in person.acknowledged]
    seen = sum((person.seen for person in people), Counter[str]())
    sys.stdout.write(
        f"\n{FULL_SECONDS:.0f} s without a free byte: pages read {dict(pages)}, sent {dict(seen)};"
        f" submitting again after {recovered:.1f} s; {len(told)} acknowledged\n"
    )
    assert [fault for person in people for fault in person.faults] == []
    assert (findings, set(pages)) == ([], {200})
    assert seen["503"] > 0
    assert is_low == ["database", "files"]
    assert recovered <= LONGEST_RECOVERY
    assert [title for title, number in told if number not in there.get(title, [])] == []
    assert [title for title, numbers in there.items() if len(numbers) > 1] == []


def count(people: list[Submitter]) -> int:
    return sum(len(person.acknowledged) for person in people)


def fill(disk: Path) -> Path:
    """Write until there is no byte left; return the file that takes the space."""
    filler = disk / "filler"
    for size in (1 << 20, 1 << 12, 1):
        try:
            with filler.open("ab", buffering=0) as file:
                while True:
                    file.write(b"\0" * size)
        except OSError:
            continue
    return filler


def look(person: Submitter, seconds: float) -> Counter[int]:
    """Read pages for a while; return how often which status came."""
    found = Counter[int]()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for path in ("/proposals", "/", "/proposals/R6-0001"):
            connection = http.client.HTTPConnection("127.0.0.1", person.port, timeout=30)
            connection.request("GET", path, headers=person.headers)
            found[connection.getresponse().status] += 1
            connection.close()
    return found
