"""Jobs that stood still over the new year leave the same traces as those that did not (P08).

27 December 令和6年 is a Friday, the next office day is Monday 6 January. The days between the jobs'
stop and start hold a midnight, a turn of the year, a delay that ended and one that was extended.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.core import clock
from app.dashboard.queries import round_figures
from app.extensions import db
from app.jobs.schedule import get_job
from app.jobs.scheduler import run_due
from app.notifications.models import OutboxMessage
from app.proposals.models import Proposal
from app.reminders.models import Escalation, OverdueEvent
from app.triage.services.form_check import Accept, accept
from tests.conftest import close_connections, make_app
from tests.databases import Databases
from tests.factories import World, check_off, make_returned, make_submitted, make_world
from tests.reminders.moving import move_due_date

JOBS = {"overdue_events": (0, 5), "escalation": (8, 40)}
FIRST, STOPPED, BACK = date(2024, 12, 19), date(2024, 12, 27), date(2025, 1, 6)
MEANWHILE = clock.jst(2025, 1, 2, 12)


class Traces(NamedTuple):
    """What the jobs left behind, and what a page showed while they stood still."""

    overdue: list[tuple[int, date, date]]
    escalated: list[tuple[int, date, date]]
    trail: list[tuple[int | None, object]]
    figure: int
    letters: int


@pytest.fixture
def new_app(databases: Databases, migrated_database: str) -> Iterator[Callable[[], Flask]]:
    """Make apps with a database of their own each."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(_app_of_its_own(databases, migrated_database))


@contextmanager
def _app_of_its_own(databases: Databases, template: str) -> Iterator[Flask]:
    url = databases.create(template)
    app = make_app(url)
    yield app
    close_connections(app)
    databases.drop(url)


def ticks(running: Callable[[date], bool]) -> list[tuple[datetime, str]]:
    """Ticks of the jobs on the days on which they run, from FIRST to BACK."""
    days = [FIRST + timedelta(days=number) for number in range((BACK - FIRST).days + 1)]
    return [
        (clock.jst(day.year, day.month, day.day, *when), name)
        for day in days
        if running(day)
        for name, when in JOBS.items()
    ]


def acts(world: World, cases: dict[str, Proposal]) -> list[tuple[datetime, Callable[[], object]]]:
    """What people do meanwhile, with the moment of each."""

    def submitted(name: str) -> Callable[[], object]:
        return lambda: cases.__setitem__(name, make_submitted(world))

    def accepted(name: str) -> None:
        check_off(cases[name], world["officer1"])
        accept(cases[name], Accept(version=cases[name].version), actor=world["officer1"])

    return [
        (clock.jst(2024, 12, 19, 10), submitted("goes up on the day of the stop")),
        (clock.jst(2024, 12, 23, 10), lambda: make_returned(world)),
        (clock.jst(2024, 12, 24, 10), submitted("stays")),
        (clock.jst(2024, 12, 24, 11), submitted("is done late")),
        (clock.jst(2024, 12, 24, 12), submitted("is done in time")),
        (clock.jst(2024, 12, 24, 13), submitted("is extended")),
        (clock.jst(2024, 12, 27, 16), lambda: accepted("is done in time")),
        (clock.jst(2024, 12, 28, 10), lambda: accepted("is done late")),
        (
            clock.jst(2024, 12, 30, 10),
            lambda: move_due_date(cases["is extended"], date(2025, 1, 3), world),
        ),
    ]


def live_through(app: Flask, running: Callable[[date], bool]) -> Traces:
    """Let the new year pass, with the jobs on some days; a page is looked at in between."""
    with app.app_context():
        with clock.at(clock.jst(2024, 12, 19, 9)):
            world = make_world()
            db.session.commit()
        figures: list[int] = []

        def look() -> None:
            figures.append(round_figures(world.round, world["lead"]).overdue)

        steps: list[tuple[datetime, Callable[[], object]]] = [
            *acts(world, {}),
            (MEANWHILE, look),
            *(
                (moment, lambda name=name, at=moment: run_due(get_job(name), at))
                for moment, name in ticks(running)
            ),
        ]
        for moment, step in sorted(steps, key=lambda step: step[0]):
            with clock.at(moment):
                step()
                db.session.commit()
        return traces(figures[0])


def traces(figure: int) -> Traces:
    overdue = db.session.scalars(
        select(OverdueEvent).order_by(OverdueEvent.clock_id, OverdueEvent.due_on)
    )
    escalated = db.session.scalars(
        select(Escalation).order_by(Escalation.clock_id, Escalation.due_on)
    )
    trail = db.session.execute(
        select(AuditEvent.subject_id, AuditEvent.changes)
        .where(AuditEvent.verb == "proposal.become_overdue")
        .order_by(AuditEvent.subject_id, AuditEvent.seq)
    )
    letters = select(OutboxMessage.id).where(OutboxMessage.letter == "escalated")
    return Traces(
        overdue=[(row.clock_id, row.due_on, row.became_overdue_on) for row in overdue],
        escalated=[(row.clock_id, row.due_on, row.escalated_on) for row in escalated],
        trail=[(row.subject_id, row.changes) for row in trail],
        figure=figure,
        letters=len(db.session.scalars(letters).all()),
    )


def test_p08_jobs_that_stood_still_over_the_new_year_leave_the_same_traces(
    new_app: Callable[[], Flask],
) -> None:
    without_a_stop = live_through(new_app(), lambda day: True)
    with_a_stop = live_through(new_app(), lambda day: day < STOPPED or day == BACK)

    assert with_a_stop == without_a_stop
    assert sorted((due, became) for _clock, due, became in with_a_stop.overdue) == [
        (date(2024, 12, 24), date(2024, 12, 25)),
        (date(2024, 12, 27), date(2024, 12, 28)),
        (date(2024, 12, 27), date(2024, 12, 28)),
        (date(2024, 12, 27), date(2024, 12, 28)),
        (date(2025, 1, 3), date(2025, 1, 4)),
    ]
    assert [day for _clock, _due, day in with_a_stop.escalated] == [date(2024, 12, 27)]
    assert (len(with_a_stop.trail), with_a_stop.figure, with_a_stop.letters) == (5, 2, 1)
