"""What decides whose move a case is (仕事の見分け), read for many cases at once."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import Role, User
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Round
from app.triage.deputies import people_acted_for
from app.triage.models import Assessment, AssessmentDecision, AssessmentStatus, Assignment
from app.triage.queries import DISPUTES_BEFORE_LEAD, reviewers
from app.triage.resubmissions import Resubmission, resubmissions_waiting
from app.triage.worklist.waiting import WaitingCase
from app.workflow.states import State


class Standing(NamedTuple):
    """What decides whose move a page of cases is, by proposal id."""

    resubmissions: dict[int, Resubmission]
    assigned: frozenset[int]
    unassigned: frozenset[int]
    own_opinion: frozenset[int]
    twice_disputed: frozenset[int]
    spoken: frozenset[int]
    # Cases of an absent reviewer the actor stands in for (代理), with that person's name.
    deputised: dict[int, str]
    # Pending cases to look at again: one's own, and for leads those whose owner is gone.
    to_revisit: frozenset[int]


def read_standing(actor: User, cases: Sequence[WaitingCase]) -> Standing:
    """Read what the rules need for all cases at once."""
    in_review = {row.id for row in cases if row.state is State.IN_REVIEW}
    assigned = select(Assignment.proposal_id).where(
        Assignment.reviewer_id == actor.id, Assignment.ended_at.is_(None)
    )
    in_hand = select(Assignment.proposal_id).where(Assignment.ended_at.is_(None))
    own_opinion = select(Assessment.proposal_id).where(
        # What a deputy wrote is the opinion of the person stood in for, too (代理).
        or_(Assessment.author_id == actor.id, Assessment.acting_for_id == actor.id),
        Assessment.status == AssessmentStatus.OPEN,
    )
    twice_disputed = _twice_disputed() & in_review
    return Standing(
        resubmissions=resubmissions_waiting(),
        assigned=frozenset(db.session.scalars(assigned)),
        # Classified anew: in review again, and given to nobody yet.
        unassigned=frozenset(in_review) - frozenset(db.session.scalars(in_hand)),
        own_opinion=frozenset(db.session.scalars(own_opinion)),
        twice_disputed=twice_disputed,
        spoken=_spoken(actor, twice_disputed),
        deputised=_deputised(actor),
        to_revisit=_to_revisit(actor, cases),
    )


def _to_revisit(actor: User, cases: Sequence[WaitingCase]) -> frozenset[int]:
    """Pending cases that are the actor's to look at again (見直し): owner, deputy, else a lead."""
    pending = [row for row in cases if row.state is State.PENDING]
    if not pending:
        return frozenset()
    own = {actor.id, *(user.id for user in people_acted_for(actor))}
    owners = {row.pending_owner_id for row in pending if row.pending_owner_id is not None}
    able = reviewers().where(User.id.in_(owners)).with_only_columns(User.id)
    present = set(db.session.scalars(able))
    is_lead = actor.has_role(Role.LEAD)
    return frozenset(
        row.id
        for row in pending
        if row.pending_owner_id is None
        or row.pending_owner_id in own
        or (is_lead and row.pending_owner_id not in present)
    )


def _deputised(actor: User) -> dict[int, str]:
    """Cases of the people the actor stands in for today, with their names (代理の仕事)."""
    names = {user.id: user.display_name for user in people_acted_for(actor)}
    if not names:
        return {}
    rows = db.session.execute(
        select(Assignment.proposal_id, Assignment.reviewer_id)
        .where(Assignment.reviewer_id.in_(names), Assignment.ended_at.is_(None))
        .order_by(Assignment.id.desc())
    )
    return {proposal_id: names[reviewer_id] for proposal_id, reviewer_id in rows}


def _disputes_that_stand(*conditions: ColumnElement[bool]) -> Select[int]:
    """Cases in review by the disputed opinions none of which settled them since, a row each."""
    later = aliased(Assessment)
    is_settled = exists().where(
        later.proposal_id == Assessment.proposal_id,
        later.id > Assessment.id,
        later.status.in_([AssessmentStatus.CONFIRMED, AssessmentStatus.DECIDED]),
    )
    # Not in the conditions: SQLite would take the index of first opinions, of which few are any.
    is_first = case((Assessment.first_opinion_id.is_(None), 1), else_=0) == 1
    return (
        select(Assessment.proposal_id)
        .join(Proposal, Proposal.id == Assessment.proposal_id)
        .where(
            Proposal.state == State.IN_REVIEW,
            *conditions,
            Assessment.status == AssessmentStatus.DISPUTED,
            is_first,
            ~is_settled,
        )
    )


def disagreed_cases(actor: User, round_: Round) -> frozenset[int]:
    """Cases of a round with two different opinions against each other (不一致); no state."""
    statement = _disputes_that_stand(Proposal.round_id == round_.id, visible_to(actor))
    return frozenset(db.session.scalars(statement.distinct()))


def _twice_disputed() -> frozenset[int]:
    statement = (
        _disputes_that_stand()
        .group_by(Assessment.proposal_id)
        .having(func.count() >= DISPUTES_BEFORE_LEAD)
    )
    return frozenset(db.session.scalars(statement))


def _spoken(actor: User, ids: Collection[int]) -> frozenset[int]:
    """Cases on whose disputes the actor has already spoken, as author or as second person."""
    statement = (
        _disputes_that_stand(Proposal.id.in_(ids))
        .join(AssessmentDecision, AssessmentDecision.assessment_id == Assessment.id)
        .where(
            or_(
                Assessment.author_id == actor.id,
                Assessment.acting_for_id == actor.id,
                AssessmentDecision.decided_by_id == actor.id,
            )
        )
    )
    return frozenset(db.session.scalars(statement))
