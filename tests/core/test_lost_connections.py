"""Transactions that really meet, and a commit nobody answers for (P13). PostgreSQL alone."""

from collections.abc import Callable, Iterator
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app.core import lost_commits
from app.core.access import public
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.models import Proposal
from app.rounds.models import Scheme
from tests.accounts.browser import enter
from tests.conftest import close_connections, make_app
from tests.databases import Databases
from tests.factories import make_world
from tests.proposals.saving import new_key, typed
from tests.soak.proxy import Proxy

MEETING_SECONDS = 10
NAMES = ("one", "other")


@pytest.fixture
def line(
    request: pytest.FixtureRequest, databases: Databases, migrated_database: str
) -> Iterator[Proxy]:
    if request.config.getoption("database") != "postgresql":
        pytest.skip("a file has no line and no deadlocks")
    proxy = Proxy(databases.create(migrated_database))
    yield proxy
    proxy.close()


@pytest.fixture
def far_app(line: Proxy) -> Iterator[Flask]:
    """The app behind the line."""
    app = make_app(line.url)
    yield app
    close_connections(app)


def test_p13_of_two_that_really_lock_each_other_both_are_done(
    far_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with far_app.app_context(), unit_of_work():
        db.session.add_all([Scheme(key=name, name=name, version=1) for name in NAMES])
    barrier = Barrier(2)
    tries: list[str] = []
    answers: list[int] = []

    def act(first: str, second: str) -> Callable[[], str]:
        def view() -> str:
            with unit_of_work():
                tries.append(first)
                count_up(first)
                meet(barrier)
                count_up(second)
            return "done"

        return view

    def ask(endpoint: str, path: str) -> None:
        with far_app.test_client() as browser:
            answers.append(browser.get(path).status_code)

    views = {"health.healthz": act(*NAMES), "health.metrics": act(*reversed(NAMES))}
    for endpoint, view in views.items():
        monkeypatch.setitem(far_app.view_functions, endpoint, public(view))
    threads = [
        Thread(target=ask, args=pair)
        for pair in (("health.healthz", "/healthz"), ("health.metrics", "/metrics"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with far_app.app_context():
        counts = db.session.scalars(select(Scheme.version).order_by(Scheme.key)).all()
    # Of the three tries the server undid one, and let the other through.
    assert (answers, len(tries), set(tries)) == ([200, 200], 3, set(NAMES))
    assert counts == [3, 3]


def count_up(key: str) -> None:
    db.session.execute(text("SET LOCAL deadlock_timeout = '20ms'"))
    db.session.execute(update(Scheme).where(Scheme.key == key).values(version=Scheme.version + 1))


def meet(barrier: Barrier) -> None:
    """Wait for the other one the first time; who runs again comes alone."""
    try:
        barrier.wait(timeout=MEETING_SECONDS)
        barrier.abort()
    except BrokenBarrierError:
        return


def test_p17_line_that_is_cut_once_the_answer_is_made_fails_no_request(
    far_app: Flask, line: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def view() -> str:
        db.session.execute(text("SELECT 1"))
        line.cut()
        return "done"

    monkeypatch.setitem(far_app.view_functions, "health.healthz", public(view))
    answers = [far_app.test_client().get("/healthz").text for _ in range(3)]
    with far_app.app_context():
        in_use = db.engine.pool.status()

    assert answers == ["done"] * 3
    assert "Current Checked out connections: 0" in in_use


@pytest.mark.parametrize("moment", ["before", "after"])
def test_p13_commit_nobody_answers_for_is_told_and_the_form_comes_back(
    far_app: Flask, line: Proxy, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    with far_app.app_context(), unit_of_work():
        make_world()
    monkeypatch.setattr(lost_commits, "ASKED_SECONDS", 0.5)
    browser = enter(far_app, "city")
    sent = typed(title="結果の分からない提案", form_key=new_key())
    # The words of the claim are looked for: a connection that knows them sends a name.
    close_connections(far_app)

    line.cut_at, line.is_gone_after_cut = moment, True
    answer = browser.post("/proposals/new", data=sent)
    line.is_gone = False
    again = browser.post("/proposals/new", data=sent)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "操作が済んだかどうかを確かめられませんでした" in answer.text
    assert "何も変わっていません" not in answer.text
    assert f'name="form_key" value="{sent["form_key"]}"' in answer.text
    assert 'name="title" value="結果の分からない提案"' in answer.text
    with far_app.app_context():
        titles = db.session.scalars(select(Proposal.title)).all()
    assert (titles, line.cuts) == (["結果の分からない提案"], 1)
    assert again.status_code == 302
