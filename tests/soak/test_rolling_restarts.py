"""Two nodes are stopped and started in turn while people submit (P18): no request fails.

SOAK_RESTARTS (6) how many; SOAK_LONG (10) seconds a request takes that runs when its server is
stopped. The people go where a proxy would send them: to a node whose /readyz
says yes, and to the other one where nobody listens.
"""

import http.client
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from bench.serving.sign_in import FORM_TYPE
from tests.databases import Databases
from tests.proposals.saving import typed
from tests.soak.office import CLIENTS, Office, at_work, lives, office_at, wait_for
from tests.soak.submitters import Submitter

RESTARTS = int(os.environ.get("SOAK_RESTARTS", "6"))
DRAIN_SECONDS = 5
ASKED_EVERY = 0.2  # seconds
UP_SECONDS = 0.5
LONG = float(os.environ.get("SOAK_LONG", "10"))
LONGEST_STOP = 30.0


@dataclass
class Nodes:
    """The ports of the nodes, and which of them say that they are ready."""

    ports: list[int]
    ready: set[int] = field(default_factory=set)

    def watch(self, is_over: threading.Event) -> None:
        """Ask every node again and again, as a proxy does."""
        while not is_over.wait(ASKED_EVERY):
            for port in self.ports:
                if self.is_ready(port):
                    self.ready.add(port)
                else:
                    self.ready.discard(port)

    def is_ready(self, port: int) -> bool:
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            with closing(connection):
                connection.request("GET", "/readyz")
                return connection.getresponse().status == 200
        return False


@dataclass
class Behind(Submitter):
    """One person behind a proxy."""

    nodes: Nodes = field(default_factory=lambda: Nodes([]))

    def _send_once(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        self.port = random.choice(list(self.nodes.ready) or self.nodes.ports)
        try:
            return super()._send_once(method, path, body)
        except ConnectionRefusedError:
            self.port = next(port for port in self.nodes.ports if port != self.port)
            return super()._send_once(method, path, body)


def test_p18_no_request_fails_while_two_nodes_restart_in_turn(
    databases: Databases, migrated_database: str, tmp_path: Path
) -> None:
    url = databases.create(migrated_database)
    settings = {"DRAIN_SECONDS": str(DRAIN_SECONDS)}
    with office_at(databases, url, tmp_path, settings=settings) as office:
        office.start_web()
        nodes = Nodes([office.port, office.start_second_web()])
        people = [Behind(f"city{number}", office.port, nodes=nodes) for number in range(CLIENTS)]
        for person in people:
            person.sign_in()
        with at_work(nodes.watch, *(person.go_on for person in people)):
            for number in range(RESTARTS):
                restart(office, nodes, number % 2)
        office.stop_web()
        findings, there = office.findings(), office.numbers()

    told = [row for person in people for row in person.acknowledged]
    seen = sum((person.seen for person in people), Counter[str]())
    sys.stdout.write(
        f"\n{RESTARTS} restarts, {len(told)} submissions acknowledged, failed: {dict(seen)};"
        f" longest request {max(person.longest for person in people):.1f} s\n"
    )
    assert [fault for person in people for fault in person.faults] == []
    assert (dict(seen), findings) == ({}, [])
    assert [title for title, number in told if number not in there.get(title, [])] == []
    assert len(told) > RESTARTS


def test_p18_request_that_runs_when_its_server_is_stopped_is_finished(
    databases: Databases, migrated_database: str, tmp_path: Path
) -> None:
    url = databases.create(migrated_database)
    with office_at(databases, url, tmp_path) as office:
        office.start_web()
        person = Submitter("city0", office.port)
        person.sign_in()
        sent = {**typed(), "title": "長い送信", "csrf_token": person.token}
        body = urlencode(sent, doseq=True).encode()
        with begun(person, body) as connection:
            os.kill(office.web, signal.SIGTERM)
            began = time.monotonic()
            time.sleep(LONG)
            connection.send(body[len(body) // 2 :])
            status = connection.getresponse().status
        wait_for(lambda: not lives(office.web), "the end of the server")
        took = time.monotonic() - began
        office.web = 0
        there = office.numbers()

    sys.stdout.write(
        f"\na request of {LONG:.0f} s: {status}, the server ended after {took:.1f} s\n"
    )
    assert (status, "長い送信" in there) == (302, True)
    assert LONG <= took <= LONGEST_STOP


@contextmanager
def begun(person: Submitter, body: bytes) -> Iterator[http.client.HTTPConnection]:
    """A form of which the server has half (送信の途中)."""
    connection = http.client.HTTPConnection("127.0.0.1", person.port, timeout=60)
    with closing(connection):
        connection.putrequest("POST", "/proposals/new")
        length = {"Content-Type": FORM_TYPE, "Content-Length": str(len(body))}
        for name, text in {**person.headers, **length}.items():
            connection.putheader(name, text)
        connection.endheaders(body[: len(body) // 2])
        time.sleep(UP_SECONDS)
        yield connection


def restart(office: Office, nodes: Nodes, number: int) -> None:
    """Stop one node in order and start it again, while the other one is ready."""
    wait_for(lambda: nodes.ready == set(nodes.ports), "both nodes")
    if number:
        office.stop_second_web()
        office.start_second_web()
    else:
        office.stop_web()
        office.start_web()
    wait_for(lambda: nodes.ready == set(nodes.ports), "the node that was started")
    time.sleep(UP_SECONDS)
