"""A running office for the trials of faults: web server, scheduler, database, eight people."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from app.accounts.models import Role
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.integrity.checks import verify_all
from app.integrity.snapshot import snapshot
from app.proposals.models import Proposal
from config import ROOT
from tests.backup.places import app_at
from tests.conftest import close_connections
from tests.databases import Databases
from tests.factories import World, make_submitted, make_user, make_world
from tests.notifications.smtp_server import free_port

CLIENTS = 8
WAIT_SECONDS = 60
PAUSE_SECONDS = 0.02


class Office:
    """The processes of one place (事務所), and what the place holds."""

    def __init__(
        self, app: Flask, url: str, folder: Path, settings: Mapping[str, str] | None = None
    ) -> None:
        self.app = app
        self.url = url
        self.port = free_port()
        self.web = 0
        self.second = 0
        self.second_port = 0
        self.scheduler = 0
        environment = {
            "APP_ENV": "test",
            "DATABASE_URL": url,
            "STORAGE_URL": (folder / "files").as_uri(),
            "WEB_WORKERS": "2",
            "PYTHONWARNINGS": "ignore",
            **(settings or {}),
        }
        self.log = folder / "office.log"
        with self.log.open("ab") as log:
            self.nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.soak.nursery"],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def _fork(self, words: str) -> int:
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write(f"{words}\n")
        self.nursery.stdin.flush()
        return int(self.nursery.stdout.readline())

    def start_web(self) -> None:
        """Start the web server, and wait until it listens."""
        self.web = self._fork(f"web {self.port}")
        wait_for(lambda: _listens(self.port), "the web server")

    def start_second_web(self) -> int:
        """Start another web server beside the first; return its port (2台目)."""
        self.second_port = self.second_port or free_port()
        self.second = self._fork(f"web {self.second_port}")
        wait_for(lambda: _listens(self.second_port), "the second web server")
        return self.second_port

    def stop_second_web(self) -> None:
        """Stop the second one in order."""
        os.kill(self.second, signal.SIGTERM)
        wait_for(lambda: not lives(self.second), "the end of the second server")
        self.second = 0

    def start_scheduler(self) -> None:
        self.scheduler = self._fork("scheduler")

    def workers(self) -> list[int]:
        """Ids of the worker processes of the web server."""
        return _children(self.web)

    def kill_worker(self, chance: random.Random) -> None:
        """Kill one worker; the master starts another one."""
        wait_for(self.workers, "a worker")
        _kill(chance.choice(self.workers()))

    def kill_master(self) -> None:
        """Kill the master alone; its workers notice and end."""
        workers = self.workers()
        _kill(self.web)
        wait_for(lambda: not any(map(lives, workers)), "the end of the workers")
        self.web = 0

    def kill_web(self) -> None:
        """Kill master and workers at the same moment."""
        if self.web:
            _kill_group(self.web)
        self.web = 0

    def kill_second_web(self) -> None:
        """Kill master and workers of the second one at the same moment."""
        if self.second:
            _kill_group(self.second)
        self.second = 0

    def kill_scheduler(self) -> None:
        if self.scheduler:
            _kill(self.scheduler)
            wait_for(lambda: not lives(self.scheduler), "the end of the scheduler")
        self.scheduler = 0

    def stop_web(self) -> None:
        """Stop the web server in order."""
        os.kill(self.web, signal.SIGTERM)
        wait_for(lambda: not lives(self.web), "the end of the server")
        self.web = 0

    def end(self) -> None:
        self.kill_web()
        self.kill_second_web()
        self.kill_scheduler()
        # Without further words to read, it ends.
        self.nursery.communicate(timeout=WAIT_SECONDS)
        close_connections(self.app)

    def findings(self) -> list[str]:
        """What `verify` finds."""
        with self.app.app_context(), snapshot() as connection:
            found = [str(row) for result in verify_all(connection) for row in result.tally]
        # Only now has the session of the context given its connection back.
        close_connections(self.app)
        return found

    def numbers(self) -> dict[str, list[str | None]]:
        """Receipt numbers of the proposals, by their titles."""
        found: dict[str, list[str | None]] = {}
        with self.app.app_context():
            for title, number in db.session.execute(
                select(Proposal.title, Proposal.receipt_number)
            ):
                found.setdefault(title, []).append(number)
        close_connections(self.app)
        return found


@contextmanager
def office_at(
    databases: Databases,
    url: str,
    folder: Path,
    prepare: Callable[[World], None] = lambda world: None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Office]:
    """An office on a migrated database, with a round and people; nothing runs yet."""
    app = app_at(url, folder / "files")
    with app.app_context(), unit_of_work():
        world = make_world()
        # The first one loads what every later one finds ready.
        make_submitted(world)
        for number in range(CLIENTS):
            make_user(f"city{number}", world["city"].organization, Role.PROPOSER_MANAGER)
        prepare(world)
    close_connections(app)
    office = Office(app, url, folder, settings)
    try:
        yield office
    finally:
        office.end()


@contextmanager
def at_work(*works: Callable[[threading.Event], None]) -> Iterator[threading.Event]:
    """Whoever works beside the trial, until it is over (並行する人); each ends what it began.

    A work is handed the event that says so.
    """
    is_over = threading.Event()
    threads = [threading.Thread(target=work, args=(is_over,), daemon=True) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield is_over
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def wait_for(is_so: object, what: str) -> None:
    """Wait until something holds. Raises AssertionError that names it."""
    assert callable(is_so)
    limit = time.monotonic() + WAIT_SECONDS
    while not is_so():
        assert time.monotonic() < limit, f"waited in vain for {what}"
        time.sleep(PAUSE_SECONDS)


def _children(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task/{process}/children")
    return [int(word) for word in found.read_text().split()]


def _kill_group(master: int) -> None:
    everyone = [master, *_children(master)]
    os.killpg(master, signal.SIGKILL)
    wait_for(lambda: not any(map(lives, everyone)), "the end of the server")


def _kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)


def lives(process: int) -> bool:
    """Whether a process has not ended."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    # A dead child that nobody has asked for yet holds no lock and no file.
    return stat.rpartition(")")[2].split()[0] != "Z"


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
