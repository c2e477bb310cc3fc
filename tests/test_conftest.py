"""The fixtures isolate the tests from each other: what they promise, shown on both databases."""

import socket
from threading import Thread

import pytest
from flask import Flask, g
from sqlalchemy import column, func, insert, select, table
from sqlalchemy.orm import Session

from app.extensions import db

# The one table that every schema has; a second row in it disturbs nobody.
VERSIONS = table("alembic_version", column("version_num"))


def add_version(session: Session) -> None:
    session.execute(insert(VERSIONS).values(version_num="left behind"))
    session.commit()


def count_versions(session: Session) -> int:
    return session.execute(select(func.count()).select_from(VERSIONS)).scalar_one()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_db_session_undoes_commit_after_test(db_session: Session, turn: str) -> None:
    found = count_versions(db_session)

    add_version(db_session)

    assert (found, count_versions(db_session)) == (1, 2), turn


def test_db_session_keeps_commit_when_later_work_is_rolled_back(db_session: Session) -> None:
    add_version(db_session)

    db_session.execute(insert(VERSIONS).values(version_num="never committed"))
    db_session.rollback()

    assert count_versions(db_session) == 2


@pytest.mark.parametrize("turn", ["first", "second"])
def test_committed_app_shows_commit_to_other_thread(committed_app: Flask, turn: str) -> None:
    found: list[int] = []

    def look() -> None:
        with committed_app.app_context():
            found.append(count_versions(db.session))

    with committed_app.app_context():
        add_version(db.session)
    thread = Thread(target=look)
    thread.start()
    thread.join()

    assert found == [2], turn


def test_client_gives_each_request_a_context_of_its_own(
    committed_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []

    def visit(error: BaseException | None) -> None:
        seen.append("visited" in g)
        g.visited = True

    monkeypatch.setitem(committed_app.teardown_request_funcs, None, [visit])

    with committed_app.app_context():
        client = committed_app.test_client()
        client.get("/healthz")
        client.get("/healthz")

    assert seen == [False, False]


def test_network_beyond_this_machine_is_refused() -> None:
    documentation_address = ("192.0.2.1", 80)

    with pytest.raises(RuntimeError, match=r"^a test tried to reach 192\.0\.2\.1$"):
        socket.create_connection(documentation_address, timeout=1)
