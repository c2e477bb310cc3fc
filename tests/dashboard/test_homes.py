"""Each role finds its own work first (ホーム)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core import clock
from app.dashboard.body_home import proposer_home
from app.dashboard.queries import round_figures
from app.triage.worklist import my_work
from app.workflow.states import Action
from tests.accounts.browser import let_in
from tests.factories import (
    World,
    give_opinion,
    make_accepted,
    make_classified,
    make_draft,
    make_in_confirmation,
    make_in_review,
    make_submitted,
    make_world,
)

LOGINS = (
    "city",
    "city-mgr",
    "officer1",
    "lead",
    "auditor",
    "admin",
    "ministry",
    "coordinator",
    "observer",
)


def work_of(world: World, login: str) -> list[tuple[Action, str]]:
    found = [(item.action, item.proposal.reference) for item in my_work(world[login])]
    return sorted(found, key=lambda item: item[1])


def test_my_work_is_what_waits_for_this_person(db_session: Session) -> None:
    world = make_world()
    waiting_check = make_submitted(world)
    waiting_assignment = make_accepted(world)
    reviewed_by_1 = make_in_review(world, "officer1")
    confirmed_by_2 = make_in_confirmation(world)
    make_classified(world)

    officer1 = work_of(world, "officer1")
    officer2 = work_of(world, "officer2")
    lead = work_of(world, "lead")

    assert officer1 == [
        (Action.ACCEPT, waiting_check.reference),
        (Action.ASSESS, reviewed_by_1.reference),
    ]
    assert officer2 == [
        (Action.ACCEPT, waiting_check.reference),
        (Action.CONFIRM, confirmed_by_2.reference),
    ]
    assert lead == [
        (Action.ACCEPT, waiting_check.reference),
        (Action.ASSIGN, waiting_assignment.reference),
        (Action.CONFIRM, confirmed_by_2.reference),
    ]


@pytest.mark.parametrize("login", ["city-mgr", "auditor", "admin", "ministry", "observer"])
def test_my_work_is_empty_for_who_decides_nothing(db_session: Session, login: str) -> None:
    world = make_world()
    make_submitted(world)

    assert my_work(world[login]) == []


def test_round_figures_count_each_case_once(db_session: Session) -> None:
    with clock.at(clock.jst(2024, 8, 5, 9)):
        world = make_world()
        make_draft(world)
        make_submitted(world)
        make_in_review(world)
        make_classified(world)

    with clock.at(clock.jst(2024, 8, 9, 9)):
        figures = round_figures(world.round, world["lead"])

    assert (figures.submitted, figures.unsettled, figures.classified) == (3, 2, 1)
    assert (figures.overdue, figures.due_today) == (1, 0)


def test_proposer_home_shows_the_own_body_only(app: Flask, db_session: Session) -> None:
    world = make_world()
    draft = make_draft(world)
    give_opinion(world, make_in_review(world))

    with app.test_request_context():
        own = proposer_home(world["city"])
        other = proposer_home(world["other"])

    assert [line.proposal.id for line in own.drafts] == [draft.id]
    assert [line.badge.label for line in own.submitted] == ["審査中"]
    assert (other.drafts, other.submitted, other.returned, other.settled) == ([], [], [], [])


@pytest.mark.parametrize("login", LOGINS)
def test_home_opens_for_every_role(client: FlaskClient, db_session: Session, login: str) -> None:
    world = make_world()
    make_in_confirmation(world)
    db_session.commit()

    let_in(client, login)
    response = client.get("/")

    assert response.status_code == 200
    assert "<h1>ホーム</h1>" in response.text


def test_front_page_is_public(client: FlaskClient) -> None:
    response = client.get("/")

    assert response.status_code == 200
    assert "ログインする" in response.text
