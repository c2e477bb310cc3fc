"""Opinions that lost their turn (仕分け意見の扱い)."""

from app.extensions import db
from app.proposals.models import Proposal
from app.triage.models import Assessment, AssessmentStatus
from app.triage.queries import open_assessment


def supersede_open_assessment(proposal: Proposal) -> Assessment | None:
    """Set the waiting opinion aside, kept and visible, and return it (意見の差替え)."""
    waiting = open_assessment(proposal)
    if waiting is not None:
        waiting.status = AssessmentStatus.SUPERSEDED
        db.session.flush()
    return waiting
