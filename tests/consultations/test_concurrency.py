"""Several people of one body at the same moment (同時の相談): every thread gets its own number."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.consultations.models import Consultation
from app.consultations.services.settling import MakeDraft, make_draft
from app.consultations.services.writing import Ask, ask
from app.core.errors import DomainError
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.proposals.models import Proposal
from app.rounds.queries import get_round
from tests.consultations.threads import make_answered
from tests.factories import make_world

ASKED_AT_ONCE = 8


@pytest.fixture
def version(committed_app: Flask) -> int:
    """Version of an answered thread, number 1 of the city, in a database of its own."""
    with committed_app.app_context(), unit_of_work():
        return make_answered(make_world()).version


def at_once(app: Flask, work: Callable[[], object], times: int) -> list[str]:
    """Run the work in threads that start together; return how each ended."""
    barrier, ends = Barrier(times), [""] * times

    def run(position: int) -> None:
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                with unit_of_work():
                    work()
            except DomainError as refused:
                ends[position] = type(refused).__name__
            except Exception as fault:  # a fault is told, not lost with its thread
                ends[position] = repr(fault)
            else:
                ends[position] = "done"

    threads = [Thread(target=run, args=(position,)) for position in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def city() -> User:
    return db.session.scalars(select(User).where(User.login == "city")).one()


def test_threads_asked_at_once_get_consecutive_numbers(committed_app: Flask, version: int) -> None:
    ends = at_once(
        committed_app, lambda: ask(Ask(subject="件名", body="相談"), actor=city()), ASKED_AT_ONCE
    )

    with committed_app.app_context():
        numbers = db.session.scalars(
            select(Consultation.sequence).order_by(Consultation.sequence)
        ).all()
    assert ends == ["done"] * ASKED_AT_ONCE
    assert numbers == list(range(1, ASKED_AT_ONCE + 2))


def test_one_thread_made_a_draft_at_once_makes_one(committed_app: Flask, version: int) -> None:
    def work() -> None:
        consultation = db.session.scalars(select(Consultation)).one()
        make_draft(consultation, MakeDraft(version=version, round=get_round("R6")), actor=city())

    ends = at_once(committed_app, work, 4)

    with committed_app.app_context():
        drafts = db.session.scalars(select(Proposal)).all()
    assert sorted(ends) == ["StaleVersion", "StaleVersion", "StaleVersion", "done"]
    assert len(drafts) == 1
