"""Role by action (権限の表) of sign-off, joint proposals, joining and amendments, by hand."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import find_body
from app.core import clock
from app.core.codes import local_government_code
from app.proposals import policy
from app.proposals.models import Amendment, ApprovalRequest, CoProposer, Proposal
from tests.factories import ROLE_OF_LOGIN, World, make_draft, make_submitted, make_world

Rule = Callable[[User, Proposal], bool]


def approves(actor: User, proposal: Proposal) -> bool:
    asked = ApprovalRequest(proposal=proposal, requested_by_id=proposal.created_by_id)
    return policy.can_approve(actor, proposal, asked)


def answers(actor: User, proposal: Proposal) -> bool:
    body = find_body(local_government_code("90202"))
    assert body is not None
    return policy.can_answer_joint(actor, CoProposer(proposal=proposal, organization=body))


def decides_amendment(actor: User, proposal: Proposal) -> bool:
    return policy.can_decide_amendment(actor, Amendment(proposal=proposal))


TABLE: list[tuple[str, Rule, set[str]]] = [
    ("ask for approval", policy.can_edit, {"city", "city-mgr"}),
    ("approve", approves, {"city-mgr"}),
    ("name a partner", policy.can_edit, {"city", "city-mgr"}),
    ("answer as a partner", answers, {"other-mgr"}),
    ("open a joining window", lambda actor, _: policy.can_open_joining(actor), {"lead"}),
    ("join", lambda actor, row: policy.can_join(actor, row, []), {"other-mgr"}),
    ("ask to amend", policy.can_request_amendment, {"city-mgr"}),
    ("decide on an amendment", decides_amendment, {"officer1", "officer2", "officer3", "lead"}),
]


@pytest.fixture
def world(db_session: Session) -> World:
    return make_world()


@pytest.mark.parametrize(("name", "rule", "allowed"), TABLE, ids=[row[0] for row in TABLE])
def test_role_by_action(
    world: World, db_session: Session, name: str, rule: Rule, allowed: set[str]
) -> None:
    proposal = make_submitted(world)

    with db_session.no_autoflush:
        able = {login for login in ROLE_OF_LOGIN if rule(world[login], proposal)}
        db_session.expunge_all()

    assert able == allowed


def test_drafter_who_is_a_manager_does_not_approve(world: World, db_session: Session) -> None:
    proposal = make_draft(world)
    proposal.edited_by_id = world["city-mgr"].id

    with db_session.no_autoflush:
        able = {login for login in ROLE_OF_LOGIN if approves(world[login], proposal)}
        db_session.expunge_all()

    assert able == set()


def test_merged_body_is_acted_for_by_its_successor_from_the_day_on(world: World) -> None:
    body, successor = world["city"].organization, world["other"].organization
    proposal = make_draft(world)
    before = policy.is_own(world["other"], proposal)

    body.dissolved_on, body.successor = clock.today(), successor

    assert (before, policy.is_own(world["other"], proposal)) == (False, True)
