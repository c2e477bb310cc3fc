"""Proposals of bodies that the tests name themselves (団体ごとの提案)."""

from datetime import date, timedelta

from app.accounts.models import Organization, OrganizationType, OrgType, Role
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.services.drafts import start_draft
from app.proposals.services.submission import Submit, submit
from app.rounds.models import Category
from app.rounds.services import NewCategory, add_category
from app.workflow.states import FollowUp
from tests.factories import World, make_local_government, make_user


def submit_as(world: World, five_digits: str, org_type: OrgType, count: int = 1) -> Organization:
    """Let a new body of one type submit some proposals."""
    body = make_local_government(five_digits, f"団体{five_digits}", org_type)
    manager = make_user(f"mgr-{five_digits}", body, Role.PROPOSER_MANAGER)
    for _ in range(count):
        proposal: Proposal = start_draft(world.round, world.content(), actor=manager)
        submit(proposal, Submit(version=proposal.version), actor=manager)
    return body


def become(body: Organization, org_type: OrgType, since: date) -> None:
    """Let the body be of another type since a day."""
    body.types[-1].valid_to = since - timedelta(days=1)
    body.types.append(OrganizationType(valid_from=since, org_type=org_type))
    db.session.flush()


def add_f7(world: World) -> Category:
    """Add a category in the middle of the round."""
    row = NewCategory(
        code="F-7",
        key="f7",
        group_code="F",
        label="新しい区分に当たるもの",
        short_label="新区分",
        response_policy="別に定める",
        follow_up=FollowUp.REFERENCE,
        is_evidence_required=False,
    )
    return add_category(world.round.scheme, row, actor=world["admin"])
