"""What one may know of (閲覧範囲): a body its own, the secretariat what was submitted."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import NotFound
from app.proposals.models import Proposal
from app.proposals.queries import get_visible, get_visible_by_id, proposals_visible_to
from app.workflow.states import State
from tests.factories import (
    ROLE_OF_LOGIN,
    World,
    declare_conflict,
    make_draft,
    make_in_state,
    make_submitted,
    make_world,
)

SECRETARIAT = {"officer1", "officer2", "officer3", "lead", "auditor"}
BODY = {"city", "city-mgr"}


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def readers_of(world: World, session: Session, proposal: Proposal) -> set[str]:
    return {
        login
        for login in ROLE_OF_LOGIN
        if proposal in session.scalars(proposals_visible_to(world[login])).all()
    }


@pytest.mark.parametrize("state", [state for state in State if state is not State.DRAFT])
def test_submitted_case_is_read_by_its_body_and_the_secretariat(
    world: World, db_session: Session, state: State
) -> None:
    proposal = make_in_state(world, state)

    assert readers_of(world, db_session, proposal) == BODY | SECRETARIAT


def test_draft_is_read_by_its_body_alone(world: World, db_session: Session) -> None:
    proposal = make_draft(world)

    assert readers_of(world, db_session, proposal) == BODY


def test_conflict_hides_the_case_from_the_officer(world: World, db_session: Session) -> None:
    proposal = make_submitted(world)
    declare_conflict(world["officer1"], proposal=proposal)

    assert readers_of(world, db_session, proposal) == BODY | SECRETARIAT - {"officer1"}


def test_conflict_with_the_body_hides_all_its_cases(world: World, db_session: Session) -> None:
    make_submitted(world)
    make_submitted(world)
    declare_conflict(world["auditor"], body=world["city"].organization)

    assert db_session.scalars(proposals_visible_to(world["auditor"])).all() == []


def test_expired_conflict_hides_nothing(world: World, db_session: Session) -> None:
    proposal = make_submitted(world)
    yesterday = clock.today() - timedelta(days=1)
    declare_conflict(world["officer1"], proposal=proposal, until=yesterday)

    assert readers_of(world, db_session, proposal) == BODY | SECRETARIAT


@pytest.mark.parametrize("login", ["other", "other-mgr", "ministry", "observer", "admin"])
def test_foreign_and_missing_number_are_refused_in_the_same_words(world: World, login: str) -> None:
    foreign = make_submitted(world).receipt_number or ""
    said = []

    for number in (foreign, "R6-9999"):
        with pytest.raises(NotFound) as refused:
            get_visible(world[login], number)
        said.append(refused.value.message)

    assert said == ["この提案は見つかりません。受付番号を確かめてください。"] * 2


@pytest.mark.parametrize("login", ["other", "officer1", "lead", "admin"])
def test_draft_is_found_by_its_body_alone(world: World, login: str) -> None:
    proposal = make_draft(world)

    with pytest.raises(NotFound):
        get_visible_by_id(world[login], proposal.id)
    assert get_visible_by_id(world["city"], proposal.id) is proposal


@pytest.mark.parametrize("number", ["", "R6", "r6-0001", "R6-0001 ", "R6-000", "%", "’"])
def test_number_must_match_exactly(world: World, number: str) -> None:
    make_submitted(world)

    with pytest.raises(NotFound):
        get_visible(world["city"], number)


@pytest.mark.parametrize("proposal_id", [0, -1, 2**31 - 1])
def test_id_that_nothing_has_is_not_found(world: World, proposal_id: int) -> None:
    with pytest.raises(NotFound):
        get_visible_by_id(world["city"], proposal_id)
