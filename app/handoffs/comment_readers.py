"""How many people of ministries read a comment for them (府省庁の読む人)."""

from sqlalchemy import select

from app.accounts.models import Organization, User
from app.accounts.queries import users_with_role
from app.comments.queries import count_ministry_readers
from app.extensions import db
from app.handoffs.models import Handoff
from app.handoffs.queries import MINISTRY_ROLES
from app.handoffs.received import told_handoffs
from app.proposals.models import Proposal
from app.triage.queries import conflicts_with


@count_ministry_readers
def ministry_readers(proposal: Proposal) -> list[tuple[str, int]]:
    """Destinations that know of a case, and how many people there read it (読む人の数).

    Those of the unit and of what stands above it, and whoever of a unit below it was given to.
    """
    conflicted = conflicts_with(proposal)
    people = [
        user
        for user in db.session.scalars(users_with_role(*MINISTRY_ROLES))
        if user.id not in conflicted
    ]
    return [(row.destination.name, len(_readers(row, people))) for row in told_handoffs(proposal)]


def _readers(handoff: Handoff, people: list[User]) -> list[User]:
    ids: set[int] = set()
    body: Organization | None = handoff.destination
    while body is not None and body.id not in ids:
        ids.add(body.id)
        body = body.parent
    successors = db.session.scalars(
        select(Organization.successor_id).where(
            Organization.id.in_(ids), Organization.successor_id.is_not(None)
        )
    )
    ids |= {number for number in successors if number is not None}
    return [
        user for user in people if user.organization_id in ids or user.id == handoff.assignee_id
    ]
