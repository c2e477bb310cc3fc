"""Who may write and submit (提案の権限): the body itself, and its manager for what binds it."""

import pytest
from sqlalchemy.orm import Session

from app.core.errors import NotAllowed
from app.proposals import policy
from app.workflow.states import Action
from tests.factories import ROLE_OF_LOGIN, World, make_draft, make_world


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


def test_bodies_alone_start_drafts(world: World) -> None:
    allowed = {login for login in ROLE_OF_LOGIN if policy.can_draft(world[login])}

    assert allowed == {"city", "city-mgr", "other", "other-mgr"}


def test_draft_is_edited_by_its_own_body(world: World) -> None:
    proposal = make_draft(world)

    allowed = {login for login in ROLE_OF_LOGIN if policy.can_edit(world[login], proposal)}

    assert allowed == {"city", "city-mgr"}


@pytest.mark.parametrize("action", [Action.SUBMIT, Action.WITHDRAW])
def test_manager_of_the_body_alone_binds_it(world: World, action: Action) -> None:
    proposal = make_draft(world)

    allowed = {login for login in ROLE_OF_LOGIN if policy.POLICIES[action](world[login], proposal)}

    assert allowed == {"city-mgr"}


@pytest.mark.parametrize(
    ("action", "words"),
    [(Action.SUBMIT, policy.SUBMIT_REFUSED), (Action.WITHDRAW, policy.WITHDRAW_REFUSED)],
)
def test_refusal_says_who_may(world: World, action: Action, words: str) -> None:
    proposal = make_draft(world)

    with pytest.raises(NotAllowed) as refused:
        policy.authorize(world["city"], action, proposal)

    assert refused.value.message == words


def test_lead_alone_decides_on_late_submissions(world: World) -> None:
    allowed = {login for login in ROLE_OF_LOGIN if policy.can_decide_late(world[login])}

    assert allowed == {"lead"}
