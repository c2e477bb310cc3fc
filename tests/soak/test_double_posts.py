"""The form of every door sent by many threads at the same moment (P04): one effect, one answer.

SOAK_DOORS (20) one door in so many, SOAK_THREADS (8) how many send it at once.
"""

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.verification import verify
from app.core.posted_form import PostedForm
from app.extensions import db
from tests.authorization.posts import Post, posts
from tests.authorization.probing import Prober, lent, make_prober
from tests.authorization.repeating import ENDING, keyed
from tests.authorization.stored import Rows, keep
from tests.conftest import close_connections, make_app
from tests.databases import Databases

SHARE = int(os.environ.get("SOAK_DOORS", "20"))
THREADS = int(os.environ.get("SOAK_THREADS", "8"))

Told = tuple[int, str | None]


@dataclass(frozen=True)
class Place:
    """The world of the matrix on a database where commits are real, put back before each form."""

    app: Flask
    prober: Prober
    databases: Databases
    url: str
    base: str

    def renew(self) -> None:
        close_connections(self.app)
        self.databases.renew(self.url, self.base)

    def rows(self) -> Rows:
        found = Rows()
        with self.app.app_context():
            keep(found)(db.session.connection())
        return found

    def send(self, post: Post) -> Told:
        answer = self.prober.send(post.path, "POST", post.reader, keyed(self.prober, post))
        return answer.status_code, answer.location

    def send_at_once(self, post: Post) -> set[Told]:
        """Answers to the same form from threads that start together."""
        barrier = Barrier(THREADS)
        told: set[Told] = set()

        def send() -> None:
            barrier.wait(timeout=60)
            told.add(self.send(post))

        threads = [Thread(target=send) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return told

    def claims(self) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count()).select_from(PostedForm)) or 0


@pytest.fixture
def place(databases: Databases, migrated_database: str) -> Iterator[Place]:
    url = databases.create(migrated_database)
    app = make_app(url)
    with app.app_context():
        engine = db.engine
    with engine.connect() as unused:
        prober = make_prober(app, unused)
    close_connections(app)
    yield Place(app, prober, databases, url, databases.create(url))
    close_connections(app)


def test_p04_form_of_every_door_sent_by_many_at_once_acts_once(place: Place) -> None:
    began = time.monotonic()
    with lent(place.app) as place.prober.connection:
        chosen = list(posts(place.prober, ">", SHARE))
    faults = []

    for post in chosen:
        place.renew()
        first = place.send(post)
        if not place.claims():
            # Looked through before it acts, or nothing to be done: nothing is claimed.
            continue
        rows = place.rows()
        place.renew()
        told = place.send_at_once(post)
        if place.claims() != 1 or told - {(401, None)} != {first}:
            faults.append(f"{post.endpoint}: {sorted(told, key=repr)} instead of {first}")
        if (401, None) in told and post.endpoint not in ENDING:
            faults.append(f"{post.endpoint}: asked to sign in")
        found = place.rows()
        faults += [f"{post.endpoint}: {name}" for name in rows if rows[name] != found[name]]
        with place.app.app_context():
            assert verify(db.session).is_intact

    sys.stdout.write(
        f"\n{len(chosen)} forms sent by {THREADS} at once: {len(faults)} faults {faults};"
        f" {time.monotonic() - began:.0f} s\n"
    )
    assert len(chosen) > 100 // SHARE
    assert faults == []
