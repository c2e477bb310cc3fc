"""Two nodes and the scheduler behind the shipped proxy, on PostgreSQL (2台の構成).

Settings and proxy are those of docs/deploy. SOAK_SESSIONS (6) sessions ended, SOAK_CODES (3) people
with a device whose codes are brought to both nodes at once, SOAK_NODE_KILLS (6) nodes killed.
"""

import os
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pyotp
import pytest
from sqlalchemy import select

from app.accounts.models import Role, User
from app.core import clock
from app.extensions import db
from tests.conftest import close_connections
from tests.databases import Databases
from tests.factories import PASSWORD, World, make_user
from tests.incidents.test_incidents import REPORT
from tests.soak.office import CLIENTS, Office, at_work, office_at, wait_for
from tests.soak.proxied import AtFront, Browser, Front, front_of, shipped_settings

SESSIONS = int(os.environ.get("SOAK_SESSIONS", "6"))
CODES = int(os.environ.get("SOAK_CODES", "3"))
KILLS = int(os.environ.get("SOAK_NODE_KILLS", "6"))
LIFE_SECONDS = 1.5
LOOK_SECONDS = 0.5
CASE = "/proposals/R6-0001"


@pytest.fixture
def office(
    request: pytest.FixtureRequest, databases: Databases, migrated_database: str, tmp_path: Path
) -> Iterator[Office]:
    """Both nodes, started with the settings of the compose file."""
    if request.config.getoption("database") == "sqlite":
        pytest.skip("two nodes are refused on SQLite")
    url = databases.create(migrated_database)
    with office_at(databases, url, tmp_path, hire, shipped_settings()) as office:
        office.start_web()
        office.start_second_web()
        yield office


def hire(world: World) -> None:
    for number in range(SESSIONS):
        make_user(f"leaving{number}", world["city"].organization, Role.PROPOSER)
    for number in range(CODES):
        make_user(f"coded{number}", world["officer1"].organization, Role.OFFICER)


# --- Sessions -----------------------------------------------------------------------------------


@dataclass
class Watcher:
    """Asks both nodes with the cookie of one session, again and again (使い回し)."""

    ports: tuple[int, int]
    cookie: str
    # When each request began, and its status.
    seen: list[tuple[float, int]] = field(default_factory=list)

    def go_on(self, is_over: threading.Event, port: int) -> None:
        while not is_over.is_set():
            began = time.monotonic()
            self.seen.append((began, Browser(self.cookie).ask(port, "/rounds")[0]))

    def works(self) -> list[Callable[[threading.Event], None]]:
        return [lambda is_over, port=port: self.go_on(is_over, port) for port in self.ports]

    def accepted(self, since: float, until: float = float("inf")) -> int:
        return sum(status == 200 and since <= began < until for began, status in self.seen)


Act = Callable[[Browser, int, int], None]


def sign_out(browser: Browser, here: int, user_id: int) -> None:
    assert browser.ask(here, "/logout", {})[0] == 302


def change_password(browser: Browser, here: int, user_id: int) -> None:
    browser.ask(here, "/account/password")
    form = {"present": PASSWORD, "password": "another password, as long as the first"}
    assert browser.ask(here, "/account/password", form)[0] == 302


def disable(browser: Browser, here: int, user_id: int) -> None:
    manager = Browser().sign_in(here, "city-mgr", PASSWORD)
    manager.ask(here, f"/users/{user_id}")
    assert manager.ask(here, f"/users/{user_id}/disable", {})[0] == 302


def ids_of_users(office: Office) -> dict[str, int]:
    """Ids of the users by their logins."""
    with office.app.app_context():
        found = dict(db.session.execute(select(User.login, User.id)).all())
    close_connections(office.app)
    return found


def test_p40_session_is_one_on_both_nodes_and_dead_on_both_at_once(office: Office) -> None:
    ports = (office.port, office.second_port)
    acts: Iterator[Act] = cycle((sign_out, change_password, disable))
    ids = ids_of_users(office)
    before = after = 0
    for number, act in zip(range(SESSIONS), acts, strict=False):
        here, there = ports if number % 2 else ports[::-1]
        login = f"leaving{number}"
        browser = Browser().sign_in(here, login, PASSWORD)
        assert (browser.is_in(there), browser.is_in(here)) == (True, True)
        watcher = Watcher(ports, browser.cookie)
        with at_work(*watcher.works()):
            time.sleep(LOOK_SECONDS)
            # A copy of the cookie is what goes on; a new password gives its owner another one.
            act(replace(browser), there, ids[login])
            ended = time.monotonic()
            time.sleep(LOOK_SECONDS)
        before += watcher.accepted(0, ended)
        after += watcher.accepted(ended)
        assert len([began for began, _ in watcher.seen if began > ended]) > 2

    sys.stdout.write(
        f"\n{SESSIONS} sessions ended by logout, password, disabling:"
        f" {before} requests accepted before, {after} after\n"
    )
    assert before > SESSIONS
    assert after == 0


# --- Codes --------------------------------------------------------------------------------------


def enrol(port: int, login: str) -> pyotp.TOTP:
    """Set a device up at a node, with the code of half a minute ago."""
    browser = Browser().sign_in(port, login, PASSWORD)
    browser.ask(port, "/login/device")
    browser.ask(port, "/login/device/begin", {"next": "/rounds"})
    _, page = browser.ask(port, "/login/device")
    key = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page)
    assert key is not None, page[-2000:]
    totp = pyotp.TOTP(key[1].replace(" ", ""))
    earlier = totp.at(clock.now() - timedelta(seconds=30))
    assert browser.ask(port, "/login/device", {"code": earlier})[0] == 200
    return totp


def brought_at_once(halves: list[Browser], ports: tuple[int, int], code: str) -> list[int]:
    """The same code typed at both nodes at the same moment; their answers (使い回し)."""
    start = threading.Barrier(len(ports))
    answers: list[int] = []

    def bring(half: Browser, port: int) -> None:
        start.wait()
        answers.append(half.ask(port, "/login/second-step", {"code": code})[0])

    pairs = zip(halves, ports, strict=True)
    threads = [threading.Thread(target=bring, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_p39_code_opens_one_node_and_never_the_other(office: Office) -> None:
    ports = (office.port, office.second_port)
    opened: Counter[int] = Counter()
    late: list[int] = []
    for number in range(CODES):
        login = f"coded{number}"
        totp = enrol(ports[number % 2], login)
        halves = [Browser().sign_in(port, login, PASSWORD) for port in ports]
        third = [Browser().sign_in(port, login, PASSWORD) for port in ports]
        for half, port in zip([*halves, *third], [*ports, *ports], strict=True):
            half.ask(port, "/login/second-step")
        code = totp.at(clock.now())
        answers = brought_at_once(halves, ports, code)
        opened[answers.count(302)] += 1
        late += [
            half.ask(port, "/login/second-step", {"code": code})[0]
            for half, port in zip(third, ports, strict=True)
        ]

    sys.stdout.write(
        f"\n{CODES} codes brought to both nodes at once: opened {dict(opened)}, later {late}\n"
    )
    assert opened == {1: CODES}
    assert late == [422] * (2 * CODES)


# --- Freezes ------------------------------------------------------------------------------------


def test_p51_link_that_one_node_froze_answers_404_on_both(office: Office) -> None:
    ports = (office.port, office.second_port)
    reader = Browser().sign_in(ports[0], "city", PASSWORD)
    before = [reader.ask(port, CASE)[0] for port in ports]
    enrolled = enrol(ports[0], "lead")
    lead = Browser().sign_in(ports[0], "lead", PASSWORD)
    lead.ask(ports[0], "/login/second-step")
    assert lead.ask(ports[0], "/login/second-step", {"code": enrolled.now()})[0] == 302

    reader.ask(ports[1], "/incidents/new")
    told = {**REPORT, "known_on": clock.today().isoformat()}
    assert reader.ask(ports[1], "/incidents/new", told)[0] == 302
    lead.ask(ports[0], "/incidents/1")
    assert lead.ask(ports[0], "/incidents/1/freeze", {"target": "case:R6-0001"})[0] == 302
    frozen = [reader.ask(port, CASE)[0] for port in ports]

    sys.stdout.write(f"\nfrozen on one node: {before} before, {frozen} at once after\n")
    assert (before, frozen) == ([200, 200], [404, 404])


# --- Kills and restarts under load --------------------------------------------------------------


def test_p01_p18_node_behind_the_shipped_proxy_dies_and_nothing_told_is_lost(
    office: Office, tmp_path: Path
) -> None:
    with front_of(office, tmp_path) as front:
        office.start_scheduler()
        people = [person_at(front, number) for number in range(CLIENTS)]
        with at_work(*(person.go_on for person in people)):
            for number in range(KILLS):
                time.sleep(LIFE_SECONDS)
                with failures(people) as killed:
                    kill(office, number)
                    await_both(front, people)
                sys.stdout.write(f"\nkill {number + 1}: {dict(killed)}")
            with failures(people) as restarted:
                office.stop_second_web()
                office.start_second_web()
                await_both(front, people)
        findings, there = office.findings(), office.numbers()

    told = [row for person in people for row in person.acknowledged]
    drafted = [title for person in people for title in person.drafted]
    lost = [title for title, number in told if number not in there.get(title, [])]
    doubled = [title for title in drafted if len(there.get(title, [])) > 1]
    sys.stdout.write(
        f"\n{KILLS} nodes killed, {len(told)} submissions acknowledged, {len(lost)} lost,"
        f" {len(doubled)} doubled, {len(findings)} findings; one restart: {dict(restarted)} failed;"
        f" longest request {max(person.longest for person in people):.1f} s\n"
    )
    assert [fault for person in people for fault in person.faults] == []
    assert (lost, doubled, findings) == ([], [], [])
    assert dict(restarted) == {}
    assert len(told) > KILLS


def person_at(front: Front, number: int) -> AtFront:
    """Somebody who is signed in by one of the nodes, whichever the proxy chose."""
    person = AtFront(f"city{number}", front.port, front=front)
    person.sign_in()
    return person


def kill(office: Office, number: int) -> None:
    """Kill one node, or the scheduler with it, and start what was killed again."""
    if number % 2:
        office.kill_second_web()
        office.start_second_web()
        return
    office.kill_web()
    office.kill_scheduler()
    office.start_web()
    office.start_scheduler()


def await_both(front: Front, people: list[AtFront]) -> None:
    """Until the proxy has both nodes again, and submissions go on through it."""
    # Two checks, two seconds apart, make a node good.
    time.sleep(5)
    done = sum(len(person.acknowledged) for person in people)
    wait_for(lambda: sum(len(person.acknowledged) for person in people) > done, "a submission")


@contextmanager
def failures(people: list[AtFront]) -> Iterator[Counter[str]]:
    """What failed meanwhile, by its kind."""
    found: Counter[str] = Counter()
    before = sum((person.seen for person in people), Counter[str]())
    yield found
    found.update(sum((person.seen for person in people), Counter[str]()) - before)
