"""Taking one reviewer off a case (担当から外す): the case goes to others, or back to the leads."""

from sqlalchemy import select, update

from app.accounts.models import User
from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal
from app.triage.models import Assignment, CaseClaim, Release


def release_reviewer(proposal: Proposal, reviewer: User) -> bool:
    """End a reviewer's assignment and claim on a case; return whether others are left.

    Without reviewers a case in review waits to be assigned again (割当待ち): state and terms stay.
    """
    now = clock.now()
    db.session.execute(
        update(CaseClaim)
        .where(
            CaseClaim.proposal_id == proposal.id,
            CaseClaim.user_id == reviewer.id,
            CaseClaim.released_at.is_(None),
        )
        .values(released_at=now, release=Release.OVERTAKEN)
    )
    rows = db.session.scalars(
        select(Assignment).where(
            Assignment.proposal_id == proposal.id, Assignment.ended_at.is_(None)
        )
    ).all()
    for row in rows:
        if row.reviewer_id == reviewer.id:
            row.ended_at = now
    db.session.flush()
    return any(row.reviewer_id != reviewer.id for row in rows)
