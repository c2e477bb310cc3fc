"""Processes killed at random moments while eight people submit (P01, P03, P04): nothing is lost.

SOAK_KILLS (20) how many; SOAK_SEED which. The place is renewed after every RENEWED kills, so that
`verify`, which runs after each of them, takes as long in the last trial as in the first.
"""

import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.databases import Databases, PostgresqlServer
from tests.soak.office import CLIENTS, Office, at_work, office_at
from tests.soak.own_server import Place, own_server
from tests.soak.submitters import Submitter

KILLS = int(os.environ.get("SOAK_KILLS", "20"))
SEED = int(os.environ.get("SOAK_SEED", "20240902"))
RENEWED = 10
LONGEST_LIFE = 1.5  # seconds


@pytest.fixture
def place(
    request: pytest.FixtureRequest, databases: Databases, migrated_database: str
) -> Iterator[Place]:
    """The files of SQLite, or a PostgreSQL server of its own that writes as in production."""
    if request.config.getoption("database") == "sqlite":
        yield Place(databases, migrated_database)
        return
    with own_server() as (_server, own):
        yield own


@dataclass
class Trial:
    """What was killed, who submitted, and what was found."""

    office: Office
    server: PostgresqlServer | None
    chance: random.Random
    people: list[Submitter]
    killed: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def run(self, kills: int) -> None:
        """Kill and start again while everybody submits; then compare with what they were told."""
        self.office.start_web()
        self.office.start_scheduler()
        with at_work(*(row.go_on for row in self.people)):
            for _ in range(kills):
                time.sleep(self.chance.uniform(0.1, LONGEST_LIFE))
                assert [fault for person in self.people for fault in person.faults] == []
                self.kill_and_start()
        self.office.kill_web()
        self.office.kill_scheduler()
        self.compare()

    def kill_and_start(self) -> None:
        victims = self.victims()
        name = self.chance.choice(list(victims))
        self.killed[name] += 1
        victims[name]()
        if self.server is not None:
            self.server.start()
        self.findings += self.office.findings()
        if not self.office.web:
            self.office.start_web()
        if not self.office.scheduler:
            self.office.start_scheduler()

    def victims(self) -> dict[str, Callable[[], None]]:
        office = self.office
        found = {
            "worker": lambda: office.kill_worker(self.chance),
            "master": office.kill_master,
            "web": office.kill_web,
            "scheduler": office.kill_scheduler,
            "all": self.kill_all,
        }
        if self.server is None:
            return found
        return {"database": self.server.crash, "database and all": self.kill_all}

    def kill_all(self) -> None:
        self.office.kill_web()
        self.office.kill_scheduler()
        if self.server is not None:
            self.server.crash()

    def compare(self) -> None:
        """Every number that was told is there under its title, and no title twice."""
        there = self.office.numbers()
        told = [row for person in self.people for row in person.acknowledged]
        drafted = [title for person in self.people for title in person.drafted]
        self.acknowledged += len(told)
        self.lost += [title for title, number in told if number not in there.get(title, [])]
        self.lost += [title for title in drafted if title not in there]
        self.doubled += [title for title in drafted if len(there.get(title, [])) > 1]
        for person in self.people:
            person.acknowledged.clear()
            person.drafted.clear()

    def figures(self) -> str:
        """What has been found until now, for docs/soak.md."""
        seen = sum((person.seen for person in self.people), Counter[str]())
        return (
            f"{sum(self.killed.values())} kills ({dict(self.killed)}), {len(self.people)} people,"
            f" {self.acknowledged} submissions acknowledged: {len(self.lost)} lost,"
            f" {len(self.doubled)} doubled, {len(self.findings)} findings of verify; {dict(seen)}"
        )


def test_p01_p03_p04_nothing_told_is_lost_or_doubled_when_processes_are_killed(
    place: Place, tmp_path: Path
) -> None:
    began = time.monotonic()
    url = place.databases.create(place.template)
    with office_at(place.databases, url, tmp_path) as office:
        people = [Submitter(f"city{number}", office.port) for number in range(CLIENTS)]
        office.start_web()
        for person in people:
            person.sign_in()
        office.stop_web()
        # Whoever closes the database last writes its log into it: the copy is of a whole file.
        assert office.findings() == []
        base = place.databases.create(url)
        trial = Trial(office, place.server, random.Random(SEED), people)
        for first in range(0, KILLS, RENEWED):
            trial.run(min(RENEWED, KILLS - first))
            place.databases.renew(url, base)
            sys.stdout.write(f"\n{trial.figures()}; {time.monotonic() - began:.0f} s\n")
            sys.stdout.flush()

    assert [fault for person in people for fault in person.faults] == []
    assert (trial.lost, trial.doubled, trial.findings) == ([], [], [])
    assert trial.acknowledged >= KILLS
