"""What decides whose move a case is (仕事の見分け), read for many cases at once."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select

from app.accounts.models import Role, User
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import proposals_visible_to
from app.rounds.models import Round
from app.triage.deputies import people_acted_for
from app.triage.models import Assessment, AssessmentDecision, AssessmentStatus, Assignment
from app.triage.queries import DISPUTES_BEFORE_LEAD, reviewers
from app.triage.resubmissions import Resubmission, resubmissions_among
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


def read_standing(actor: User, cases: Sequence[Proposal]) -> Standing:
    """Read what the rules need for all cases at once."""
    ids = [proposal.id for proposal in cases]
    assigned = select(Assignment.proposal_id).where(
        Assignment.reviewer_id == actor.id, Assignment.ended_at.is_(None)
    )
    in_hand = select(Assignment.proposal_id).where(Assignment.ended_at.is_(None))
    own_opinion = select(Assessment.proposal_id).where(
        # What a deputy wrote is the opinion of the person stood in for, too (代理).
        or_(Assessment.author_id == actor.id, Assessment.acting_for_id == actor.id),
        Assessment.status == AssessmentStatus.OPEN,
    )
    twice_disputed = _twice_disputed(ids)
    return Standing(
        resubmissions=resubmissions_among(cases),
        assigned=frozenset(db.session.scalars(assigned)),
        # Classified anew: in review again, and given to nobody yet.
        unassigned=frozenset(ids) - frozenset(db.session.scalars(in_hand)),
        own_opinion=frozenset(db.session.scalars(own_opinion)),
        twice_disputed=twice_disputed,
        spoken=_spoken(actor, twice_disputed),
        deputised=_deputised(actor),
        to_revisit=_to_revisit(actor, cases),
    )


def _to_revisit(actor: User, cases: Sequence[Proposal]) -> frozenset[int]:
    """Pending cases that are the actor's to look at again (見直し): owner, deputy, else a lead."""
    pending = [case for case in cases if case.state is State.PENDING]
    if not pending:
        return frozenset()
    own = {actor.id, *(user.id for user in people_acted_for(actor))}
    owners = {case.pending_owner_id for case in pending if case.pending_owner_id is not None}
    able = reviewers().where(User.id.in_(owners)).with_only_columns(User.id)
    present = set(db.session.scalars(able))
    is_lead = actor.has_role(Role.LEAD)
    return frozenset(
        case.id
        for case in pending
        if case.pending_owner_id is None
        or case.pending_owner_id in own
        or (is_lead and case.pending_owner_id not in present)
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


def _disputes_that_stand(ids: Collection[int]) -> Select[int]:
    """Cases by their disputed opinions since the last one that settled them, a row a dispute."""
    settled = (
        select(Assessment.proposal_id, func.max(Assessment.id).label("last_id"))
        .where(Assessment.status.in_([AssessmentStatus.CONFIRMED, AssessmentStatus.DECIDED]))
        .group_by(Assessment.proposal_id)
        .subquery()
    )
    return (
        select(Assessment.proposal_id)
        .outerjoin(settled, settled.c.proposal_id == Assessment.proposal_id)
        .where(
            Assessment.proposal_id.in_(ids),
            Assessment.status == AssessmentStatus.DISPUTED,
            Assessment.first_opinion_id.is_(None),
            Assessment.id > func.coalesce(settled.c.last_id, 0),
        )
    )


def disagreed_cases(actor: User, round_: Round) -> frozenset[int]:
    """Cases of a round with two different opinions against each other (不一致); no state."""
    in_review = proposals_visible_to(actor).where(
        Proposal.round_id == round_.id, Proposal.state == State.IN_REVIEW
    )
    ids = list(db.session.scalars(in_review.with_only_columns(Proposal.id)))
    return frozenset(db.session.scalars(_disputes_that_stand(ids).distinct()))


def _twice_disputed(ids: Collection[int]) -> frozenset[int]:
    statement = (
        _disputes_that_stand(ids)
        .group_by(Assessment.proposal_id)
        .having(func.count() >= DISPUTES_BEFORE_LEAD)
    )
    return frozenset(db.session.scalars(statement))


def _spoken(actor: User, ids: Collection[int]) -> frozenset[int]:
    """Cases on whose disputes the actor has already spoken, as author or as second person."""
    statement = (
        _disputes_that_stand(ids)
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
