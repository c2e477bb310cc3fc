"""New lengths of terms for running periods (日数の変更の反映): shown first, breaches stay."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import InvalidInput, StaleVersion
from app.deadlines.models import ChangeKind
from app.deadlines.moves import print_of
from app.deadlines.queries import changes_of
from app.deadlines.services.terms import Recount, recount, rehearse_recount
from app.workflow.terms import Term
from tests.accounts.browser import enter
from tests.factories import World, make_in_review, make_returned, make_submitted, make_world

NOW = clock.jst(2024, 8, 27, 10)


@pytest.fixture
def world(db_session: Session) -> World:
    with clock.at(NOW):
        return make_world()


def set_days(world: World, term: Term, days: int) -> None:
    next(row for row in world.round.terms if row.term is term).office_days = days


def test_running_periods_take_the_new_length_and_breaches_stay(world: World) -> None:
    with clock.at(NOW):
        review, returned = make_in_review(world), make_returned(world)
        overdue = make_submitted(world)
    set_days(world, Term.REVIEW, 15)
    set_days(world, Term.FORM_CHECK, 9)
    with clock.at(clock.jst(2024, 9, 2, 10)):
        agreed = print_of(rehearse_recount(world.round, actor=world["admin"]))
        command = Recount(reason="実情に合わせる", agreed=agreed)
        moved = recount(world.round, command, actor=world["admin"])
    [change] = changes_of(review)

    assert moved == 1
    assert (review.due_on, returned.due_on, overdue.due_on) == (
        date(2024, 9, 18),
        date(2024, 9, 3),
        date(2024, 8, 30),
    )
    assert (change.kind, change.old_office_days, change.new_office_days) == (
        ChangeKind.RULE,
        10,
        15,
    )


def test_shorter_term_never_ends_before_today(world: World) -> None:
    with clock.at(NOW):
        review = make_in_review(world)
    set_days(world, Term.REVIEW, 1)
    with clock.at(clock.jst(2024, 9, 2, 10)):
        [move] = rehearse_recount(world.round, actor=world["admin"])

    assert (move.proposal, move.due_on) == (review, date(2024, 9, 2))


def test_recount_needs_a_reason_and_the_list_that_was_seen(world: World) -> None:
    with clock.at(NOW):
        make_in_review(world)
        set_days(world, Term.REVIEW, 15)

        with pytest.raises(InvalidInput):
            recount(world.round, Recount(reason=" ", agreed=""), actor=world["admin"])
        with pytest.raises(StaleVersion):
            recount(world.round, Recount(reason="理由", agreed="x"), actor=world["admin"])


def test_page_shows_the_dates_first_and_then_moves_them(app: Flask, world: World) -> None:
    with clock.at(NOW):
        case = make_in_review(world)
        set_days(world, Term.REVIEW, 15)
        admin = enter(app, "admin")
        agreed = print_of(rehearse_recount(world.round, actor=world["admin"]))
        seen = admin.get("/rounds/R6/recount")
        stale = admin.post("/rounds/R6/recount", data={"reason": "理由", "agreed": "x"})
        done = admin.post("/rounds/R6/recount", data={"reason": "理由", "agreed": agreed})
        empty = admin.get("/rounds/R6/recount")

    assert "動く期限 1件" in seen.text
    assert (stale.status_code, done.status_code) == (422, 302)
    assert "数え直す期限はありません" in empty.text
    assert case.due_on == date(2024, 9, 18)
