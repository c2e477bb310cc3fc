"""Giving an opinion (仕分け意見)."""

from app.accounts.models import User
from app.proposals.lifecycle import advance, check_possible, check_version
from app.proposals.models import Proposal
from app.triage.deputies import acting_changes, person_acted_for
from app.triage.models import Assessment, AssessmentStatus
from app.triage.policy import authorize
from app.triage.queries import awaits_lead
from app.triage.services.assign import end_assignments
from app.triage.services.departures import departure_changes
from app.triage.services.labels import take_labels_of
from app.triage.services.opinions import (
    Assess,
    Evidence,
    ViewpointCheck,
    check_opinion,
    write_opinion,
)
from app.workflow.states import Action

__all__ = ["Assess", "Evidence", "ViewpointCheck", "assess"]


def assess(proposal: Proposal, command: Assess, *, actor: User) -> Assessment:
    """Give an opinion (仕分け意見); it waits for a second person.

    Where the round asks for one reviewer only, and where the lead decides after a second dispute,
    the case stands in the category at once. Raises NotAllowed, StaleVersion, IllegalTransition,
    InvalidInput (category, reason, and for A–D and F-1 a register row are required; with the
    guide, all of A–E; for another class than in the round before, why).
    """
    authorize(actor, Action.ASSESS, proposal)
    check_version(proposal, command.version)
    check_possible(proposal, Action.ASSESS)
    checked = check_opinion(proposal, command, actor=actor)
    category = checked.category
    status = _status(proposal)
    # After a second dispute the lead decides in the lead's own name.
    decides = status is AssessmentStatus.DECIDED
    absent = None if decides else person_acted_for(actor, proposal)
    assessment = write_opinion(
        proposal, command, actor=actor, checked=checked, status=status, acting_for=absent
    )
    is_final = status is not AssessmentStatus.OPEN
    if is_final:
        proposal.provisional_category = None
        end_assignments(proposal)
        take_labels_of(proposal, assessment, actor=actor)
    advance(
        proposal,
        Action.ASSESS,
        actor=actor,
        reason=command.reason,
        category=category if is_final else None,
        changes={
            "assessment_id": assessment.id,
            "category": category.code,
            **departure_changes(checked.departed),
            **acting_changes(absent),
        },
    )
    return assessment


def _status(proposal: Proposal) -> AssessmentStatus:
    if awaits_lead(proposal):
        return AssessmentStatus.DECIDED
    if proposal.round.reviewers_required == 1:
        return AssessmentStatus.CONFIRMED
    return AssessmentStatus.OPEN
