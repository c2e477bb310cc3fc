"""A line that is slow, silent or cut, and a server that starts again (P13, P17). PostgreSQL alone.

SOAK_CUTS (5) connections cut at a commit, before and after it; SOAK_FAULTS (1) rounds of all the
faults of the line while eight people submit; SOAK_SILENCE (15) seconds of silence; SOAK_RESTARTS
(3) times the server is started again.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.models import Proposal
from tests.accounts.browser import enter
from tests.conftest import close_connections, make_app
from tests.databases import Databases
from tests.factories import make_world
from tests.proposals.saving import new_key, typed
from tests.soak.office import CLIENTS, Office, at_work, office_at, wait_for
from tests.soak.own_server import own_server
from tests.soak.proxy import Proxy
from tests.soak.submitters import Submitter

CUTS = int(os.environ.get("SOAK_CUTS", "5"))
ROUNDS = int(os.environ.get("SOAK_FAULTS", "1"))
SILENCE = float(os.environ.get("SOAK_SILENCE", "15"))
RESTARTS = int(os.environ.get("SOAK_RESTARTS", "3"))
LATENCY = 2.0
FAULT_SECONDS = 5.0
LONGEST_REQUEST = 30.0
LONGEST_RECOVERY = 10.0

Fault = tuple[str, Callable[[], None]]


@pytest.fixture(autouse=True)
def on_postgresql(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("database") != "postgresql":
        pytest.skip("there is no line to a file")


@pytest.fixture
def line(databases: Databases, migrated_database: str) -> Iterator[Proxy]:
    proxy = Proxy(databases.create(migrated_database))
    yield proxy
    proxy.close()


@pytest.fixture
def far_app(line: Proxy) -> Iterator[Flask]:
    """The app behind the line."""
    app = make_app(line.url)
    with app.app_context(), unit_of_work():
        make_world()
    yield app
    close_connections(app)


def titles(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Proposal.title)))


@pytest.mark.parametrize("moment", ["before", "after"])
def test_p13_connection_lost_at_a_commit_is_told_by_the_key(
    far_app: Flask, line: Proxy, moment: str
) -> None:
    browser = enter(far_app, "city")
    told, wanted = Counter[int](), [f"確定中の切断{number}" for number in range(CUTS)]
    for title in wanted:
        # The words of the claim are looked for: a connection that knows them sends a name.
        close_connections(far_app)
        line.cut_at = moment

        answer = browser.post("/proposals/new", data=typed(title=title, form_key=new_key()))

        told[answer.status_code] += 1

    sys.stdout.write(f"\nconnections cut {moment} a commit: {line.cuts}, answers {dict(told)}\n")
    assert sorted(titles(far_app)) == sorted(wanted)
    assert (line.cuts, set(told)) == (CUTS, {302})


def test_p17_people_go_on_when_the_line_or_the_server_had_a_fault(
    databases: Databases, migrated_database: str, line: Proxy, tmp_path: Path
) -> None:
    del migrated_database
    with office_at(databases, line.url, tmp_path) as office:
        submit_through(office, faults_of(line))


def test_p17_people_go_on_when_the_server_starts_again(tmp_path: Path) -> None:
    with own_server() as (server, place):
        url = place.databases.create(place.template)
        with office_at(place.databases, url, tmp_path) as office:
            submit_through(office, [("restart", server.restart)] * RESTARTS)


def submit_through(office: Office, faults: list[Fault]) -> None:
    """Have everybody submit while the faults happen, and compare with what they were told."""
    people = [Submitter(f"city{number}", office.port) for number in range(CLIENTS)]
    office.start_web()
    for person in people:
        person.sign_in()
    recovered = submit_beside(people, faults)
    office.stop_web()
    found, there = office.findings(), office.numbers()

    told = [row for person in people for row in person.acknowledged]
    seen = sum((person.seen for person in people), Counter[str]())
    longest = max(person.longest for person in people)
    sys.stdout.write(
        f"\n{len(told)} submissions acknowledged beside {len(faults)} faults,"
        f" {dict(recovered)} s to recover; longest request {longest:.1f} s; {dict(seen)}\n"
    )
    assert [fault for person in people for fault in person.faults] == []
    assert [title for title, number in told if number not in there.get(title, [])] == []
    assert [title for title, numbers in there.items() if len(numbers) > 1] == []
    assert found == []
    assert longest <= LONGEST_REQUEST
    assert max(recovered.values()) <= LONGEST_RECOVERY


def faults_of(line: Proxy) -> list[Fault]:
    """What happens to the line, by name; each is over when it returns."""

    def be_slow() -> None:
        line.latency = LATENCY
        time.sleep(FAULT_SECONDS)
        line.latency = 0

    def be_cut() -> None:
        for _ in range(5):
            line.cut()
            time.sleep(FAULT_SECONDS / 5)

    def be_silent() -> None:
        line.is_silent = True
        time.sleep(SILENCE)
        line.is_silent = False

    return [("slow", be_slow), ("cut", be_cut), ("silent", be_silent)] * ROUNDS


def submit_beside(people: list[Submitter], faults: list[Fault]) -> dict[str, float]:
    """Have everybody submit while the faults happen; return how long each took to be over."""
    recovered: dict[str, float] = {}

    def count() -> int:
        return sum(len(person.acknowledged) for person in people)

    with at_work(*(person.go_on for person in people)):
        for name, happen in faults:
            goal = count() + 1
            wait_for(lambda goal=goal: count() >= goal, "a submission before the fault")
            happen()
            ended, goal = time.monotonic(), count() + 1
            wait_for(lambda goal=goal: count() >= goal, "a submission after the fault")
            took = round(time.monotonic() - ended, 1)
            recovered[name] = max(took, recovered.get(name, 0.0))
    return recovered
