"""One answer everywhere to what is overdue (期限超過): a date that is owed, and no other one."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.casework.filters import CaseFilters, conditions
from app.core import clock
from app.dashboard.queries import overdue_cases, round_figures
from app.proposals.models import Proposal
from app.proposals.presentation import Due, due_of
from app.reports.backlog.queries import measure
from tests.accounts.browser import enter
from tests.factories import World, make_in_review, make_pending, make_world

# Put off on Tuesday 27 August 令和6年 for 60 days: the revisit date is Saturday 26 October.
PUT_OFF = clock.jst(2024, 8, 27, 10)
REVISIT_ON = date(2024, 10, 26)
AFTERWARDS = clock.jst(2024, 10, 28, 10)


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(PUT_OFF):
        world = make_world()
        make_pending(world)
        db_session.commit()
    return world


def overdue_of_all_readers(world: World, session: Session) -> list[int]:
    """Overdue cases by the home, its list, the list of cases and the backlog report."""
    lead = world["lead"]
    listed = select(Proposal).where(*conditions(CaseFilters(overdue="1"), world.round))
    return [
        round_figures(world.round, lead).overdue,
        len(session.scalars(overdue_cases(lead, 10)).all()),
        len(session.scalars(listed).all()),
        sum(row.overdue > 0 for row in measure(world.round, lead)),
    ]


def test_revisit_date_that_is_past_makes_nothing_overdue(world: World, db_session: Session) -> None:
    with clock.at(AFTERWARDS):
        before = overdue_of_all_readers(world, db_session)
    with clock.at(PUT_OFF):
        make_in_review(world)
        db_session.commit()
    with clock.at(AFTERWARDS):
        after = overdue_of_all_readers(world, db_session)

    assert (before, after) == ([0, 0, 0, 0], [1, 1, 1, 1])


def test_revisit_date_is_due_by_nobody_on_its_day(world: World) -> None:
    with clock.at(clock.jst(2024, 10, 26, 23, 59, 59)):
        figures = round_figures(world.round, world["lead"])

    assert (figures.due_today, figures.overdue) == (0, 0)


@pytest.mark.parametrize(
    ("moment", "words", "level"),
    [
        (clock.jst(2024, 10, 25, 23, 59, 59), "見直しまで1開庁日", "stopped"),
        (clock.jst(2024, 10, 26), "見直し日が来ています", "soon"),
        (AFTERWARDS, "見直し日が来ています", "soon"),
    ],
)
def test_revisit_date_is_told_as_a_date_that_comes(
    app: Flask, world: World, db_session: Session, moment: object, words: str, level: str
) -> None:
    case = db_session.scalars(select(Proposal)).one()
    with clock.at(moment):
        told = due_of(case, world["lead"])
        page = enter(app, "lead").get(f"/proposals/{case.receipt_number}/deadlines").text

    assert told == Due(REVISIT_ON, words, level)
    assert words in page
    assert "開庁日超過" not in page
