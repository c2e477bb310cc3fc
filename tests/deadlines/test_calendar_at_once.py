"""A day is closed while clocks are started (同時の操作): no new date misses it."""

from collections.abc import Callable
from datetime import date
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.errors import StaleVersion
from app.core.unit_of_work import unit_of_work
from app.deadlines.moves import print_of
from app.deadlines.services.calendar import AddClosingDay, add_closing_day, rehearse_adding
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.services.submission import Submit, submit
from tests.factories import make_draft, make_world

NOW = clock.jst(2024, 8, 27, 10)
CLOSED = date(2024, 8, 28)
WITH_THE_DAY = date(2024, 9, 2)  # Friday the 30th without it
SECONDS = 30


@pytest.fixture
def started(committed_app: Flask) -> Flask:
    """A draft that is ready; submitted on Tuesday the 27th, its form check takes 3 office days."""
    with committed_app.app_context(), clock.at(NOW), unit_of_work():
        make_draft(make_world())
    return committed_app


def user(login: str) -> User:
    return db.session.scalars(select(User).where(User.login == login)).one()


def the_case() -> Proposal:
    return db.session.scalars(select(Proposal)).one()


def submit_it() -> None:
    submit(the_case(), Submit(version=the_case().version), actor=user("city-mgr"))


def command(agreed: str = "") -> AddClosingDay:
    return AddClosingDay(day=CLOSED, name="停電", basis="庁内の決定", agreed=agreed)


def rehearsed() -> str:
    return print_of(rehearse_adding(command(), actor=user("admin")))


def close_day() -> None:
    add_closing_day(command(rehearsed()), actor=user("admin"))


def beside(app: Flask, work: Callable[[], object]) -> Thread:
    """Start work in another process's place: a thread with a session of its own."""

    def run() -> None:
        with app.app_context(), clock.at(NOW):
            work()

    thread = Thread(target=run)
    thread.start()
    return thread


def test_clock_that_began_meanwhile_is_seen_before_the_day_is_closed(started: Flask) -> None:
    ends: list[str] = []
    has_asked = Event()

    def close_as_agreed_before() -> None:
        agreed = rehearsed()
        has_asked.set()
        try:
            with unit_of_work():
                add_closing_day(command(agreed), actor=user("admin"))
        except StaleVersion:
            ends.append("shown anew")
            with unit_of_work():
                close_day()

    with started.app_context(), clock.at(NOW):
        with unit_of_work():
            submit_it()
            db.session.flush()
            closing = beside(started, close_as_agreed_before)
            has_asked.wait(SECONDS)
            closing.join(0.3)
        closing.join(SECONDS)
        db.session.expire_all()
        due_on = the_case().due_on

    assert (ends, due_on) == (["shown anew"], WITH_THE_DAY)


def test_clock_that_begins_waits_for_the_day_that_is_being_closed(started: Flask) -> None:
    has_read = Event()

    def submit_with_the_calendar_read_before() -> None:
        office_calendar()
        has_read.set()
        with unit_of_work():
            submit_it()

    with started.app_context(), clock.at(NOW):
        with unit_of_work():
            close_day()
            submitting = beside(started, submit_with_the_calendar_read_before)
            has_read.wait(SECONDS)
            submitting.join(0.3)
        submitting.join(SECONDS)
        db.session.expire_all()
        due_on = the_case().due_on

    assert due_on == WITH_THE_DAY
