"""One submission and one upload, cut at every word they have with the kernel (P01, P02).

`strace` injects a fault at the n-th of the calls that change files, for n = 1, 2, … until the act
is done without one. SQLite alone: the files of the other engine belong to its server.
"""

import io
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.integrity.checks import verify_all
from app.integrity.snapshot import snapshot
from app.proposals.models import Attachment, Proposal
from tests.accounts.browser import enter
from tests.backup.places import app_at
from tests.conftest import close_connections
from tests.databases import Databases
from tests.factories import make_draft, make_world
from tests.files.documents import pdf

KEY = "0123456789abcdef" * 2
CALLS = "pwrite64,write,fsync,fdatasync,ftruncate,fallocate,link,rename,unlink,mkdir"
ATTACHED_SECONDS = 60
DONE = 302
# More than one act has, by far: an end of the sweep that never comes is a fault.
MOST_POINTS = 400

Act = Callable[[FlaskClient], int]

pytestmark = [
    pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed"),
]


@dataclass(frozen=True)
class Bench:
    """An office that can be put back to what it was before an act."""

    app: Flask
    databases: Databases
    url: str
    base: str
    folder: Path
    cookie: str

    def browser(self) -> FlaskClient:
        """A browser of the person who submits, signed in before the copy was made."""
        browser = self.app.test_client()
        browser.set_cookie("session", self.cookie)
        return browser

    def renew(self) -> None:
        close_connections(self.app)
        self.databases.renew(self.url, self.base)
        shutil.rmtree(self.folder, ignore_errors=True)

    def findings(self) -> list[str]:
        with self.app.app_context(), snapshot() as connection:
            return [str(row) for result in verify_all(connection) for row in result.tally]

    def effects(self) -> tuple[int, int]:
        """Numbers of submitted proposals and of attachments."""
        with self.app.app_context():
            submitted = select(func.count()).where(Proposal.receipt_number.is_not(None))
            found = (
                db.session.scalar(submitted),
                db.session.scalar(select(func.count(Attachment.id))),
            )
            db.session.close()
        return found[0] or 0, found[1] or 0


@pytest.fixture
def bench(
    request: pytest.FixtureRequest, databases: Databases, migrated_database: str, tmp_path: Path
) -> Iterator[Bench]:
    if request.config.getoption("database") != "sqlite":
        pytest.skip("the files of PostgreSQL are written by its server")
    url, folder = databases.create(migrated_database), tmp_path / "files"
    app = app_at(url, folder)
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context(), unit_of_work():
        make_draft(make_world())
    cookie = enter(app, "city-mgr").get_cookie("session")
    assert cookie is not None
    close_connections(app)
    yield Bench(app, databases, url, databases.create(url), folder, cookie.value)
    close_connections(app)


def submit(browser: FlaskClient) -> int:
    sent = {"version": 1, "form_key": KEY}
    return browser.post("/proposals/drafts/1/check", data=sent).status_code


def attach(browser: FlaskClient) -> int:
    sent = {
        "version": 1,
        "form_key": KEY,
        "kind": "reference",
        "field": "",
        "files": (io.BytesIO(pdf()), "図.pdf"),
    }
    return browser.post("/proposals/drafts/1/attachments", data=sent).status_code


ACTS: dict[str, tuple[Act, tuple[int, int]]] = {
    "submission": (submit, (1, 0)),
    "upload": (attach, (0, 1)),
}


def act_under(fault: str, bench: Bench, act: Act) -> int:
    """Act in a process of its own with a fault in it; 0 when it was done, or minus the signal."""
    browser = bench.browser()
    waiting, go = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(go)
        os.read(waiting, 1)
        _act_and_end(browser, act)
    os.close(waiting)
    # What it writes goes to a file: a fault of the child's calls is none of strace.
    log = bench.folder.with_name("strace.log")
    tracer = subprocess.Popen(
        [
            *("strace", "-f", "-o", str(log), "-p", str(child)),
            *("-e", f"trace={CALLS}", "-e", f"inject={CALLS}:{fault}"),
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert tracer.stderr is not None
    assert "attached" in tracer.stderr.readline()
    os.write(go, b"x")
    os.close(go)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    tracer.wait(ATTACHED_SECONDS)
    tracer.stderr.close()
    return status


def _act_and_end(browser: FlaskClient, act: Act) -> NoReturn:
    code = 1
    try:
        code = 0 if act(browser) == DONE else 1
    finally:
        os._exit(code)


@pytest.mark.parametrize("name", ACTS)
def test_p01_p02_act_is_whole_or_undone_wherever_its_process_dies(bench: Bench, name: str) -> None:
    act, effect = ACTS[name]
    found: Counter[str] = Counter()
    for point in count(1):
        assert point < MOST_POINTS
        bench.renew()

        status = act_under(f"signal=KILL:when={point}", bench, act)

        left, findings = bench.effects(), bench.findings()
        found["done" if left == effect else "undone"] += 1
        assert findings == [], point
        assert left in ((0, 0), effect), point
        # The same form again, as a person sends it who was told nothing.
        assert act(bench.browser()) in (DONE, 200), point
        assert bench.effects() == effect, point
        if status != -signal.SIGKILL:
            break

    sys.stdout.write(
        f"\n{name}: killed at each of {point - 1} calls, {dict(found)}, verify clean\n"
    )
    assert status == 0
    assert found["undone"] > 0
    assert bench.findings() == []
