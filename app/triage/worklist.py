"""Whose move it is (自分の仕事): the cases that wait for one person, the next due first."""

from collections.abc import Callable, Collection, Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Select, func, or_, select

from app.accounts.models import Role, User
from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import proposals_visible_to
from app.rounds.models import Round
from app.triage.models import Assessment, AssessmentDecision, AssessmentStatus, Assignment
from app.triage.queries import DISPUTES_BEFORE_LEAD
from app.triage.resubmissions import Resubmission, resubmissions_among
from app.workflow.states import Action, State

WORK_STATES = (
    State.SUBMITTED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.IN_CONFIRMATION,
    State.PENDING,
)


class Pile(StrEnum):
    """Kind of work, as the desk sorts it (仕事の種類)."""

    FORM_CHECK = "form_check"
    ASSIGNMENT = "assignment"
    REVIEW = "review"
    CONFIRMATION = "confirmation"
    SECOND_DISPUTE = "second_dispute"
    REVISIT = "revisit"


class WorkItem(NamedTuple):
    """A case that waits for this person, and the next step (自分の仕事).

    `resubmission` is set for a corrected case that came back.
    """

    proposal: Proposal
    action: Action
    todo: str
    button: str
    pile: Pile
    resubmission: Resubmission | None = None


class Standing(NamedTuple):
    """What decides whose move a page of cases is, by proposal id."""

    resubmissions: dict[int, Resubmission]
    assigned: frozenset[int]
    unassigned: frozenset[int]
    own_opinion: frozenset[int]
    twice_disputed: frozenset[int]
    spoken: frozenset[int]


def my_work(actor: User) -> list[WorkItem]:
    """Cases of all rounds that wait for the actor, the next due first (自分の仕事).

    In front of all stand the corrected cases that came back to the actor; those that came back to
    a colleague are that colleague's work.
    """
    if not actor.has_role(Role.OFFICER, Role.LEAD):
        return []
    cases = list(
        db.session.scalars(
            proposals_visible_to(actor)
            .where(
                Proposal.state.in_(WORK_STATES),
                or_(Proposal.state != State.PENDING, Proposal.due_on <= clock.today()),
            )
            .order_by(Proposal.due_on, Proposal.id)
        )
    )
    standing = _standing(actor, cases)
    found = [_item(actor, proposal, standing) for proposal in cases]
    items = [item for item in found if item is not None]
    return sorted(items, key=lambda item: not _is_back_with(actor, item.resubmission))


def resubmissions_of_others(actor: User, round_: Round) -> list[WorkItem]:
    """Corrected cases of a round that came back to a colleague; one may take over (引継ぎ)."""
    cases = list(
        db.session.scalars(
            proposals_visible_to(actor)
            .where(Proposal.round_id == round_.id, Proposal.state == State.SUBMITTED)
            .order_by(Proposal.due_on, Proposal.id)
        )
    )
    known = resubmissions_among(cases)
    return [
        _form_check_item(proposal, known[proposal.id])
        for proposal in cases
        if _is_of_another(actor, known.get(proposal.id))
    ]


def _is_back_with(actor: User, resubmission: Resubmission | None) -> bool:
    return resubmission is not None and resubmission.officer == actor


def _is_of_another(actor: User, resubmission: Resubmission | None) -> bool:
    return resubmission is not None and resubmission.officer not in (None, actor)


def _item(actor: User, proposal: Proposal, standing: Standing) -> WorkItem | None:
    rule = RULES.get(proposal.state)
    return rule(actor, proposal, standing) if rule else None


def _form_check(actor: User, proposal: Proposal, standing: Standing) -> WorkItem | None:
    resubmission = standing.resubmissions.get(proposal.id)
    if _is_of_another(actor, resubmission):
        return None
    return _form_check_item(proposal, resubmission)


def _form_check_item(proposal: Proposal, resubmission: Resubmission | None) -> WorkItem:
    todo = "再提出の形式を確認する" if resubmission else "形式を確認する"
    return WorkItem(proposal, Action.ACCEPT, todo, "確認する", Pile.FORM_CHECK, resubmission)


def _assignment(actor: User, proposal: Proposal, standing: Standing) -> WorkItem | None:
    if not actor.has_role(Role.LEAD):
        return None
    return WorkItem(proposal, Action.ASSIGN, "担当を割り当てる", "割り当てる", Pile.ASSIGNMENT)


def _review(actor: User, proposal: Proposal, standing: Standing) -> WorkItem | None:
    if proposal.id in standing.twice_disputed:
        # A third person decides: whoever gave an opinion or a dispute has spoken.
        if not actor.has_role(Role.LEAD) or proposal.id in standing.spoken:
            return None
        return WorkItem(
            proposal,
            Action.ASSESS,
            "2回目の異議を決裁する",
            "両論を見て決める",
            Pile.SECOND_DISPUTE,
        )
    if proposal.id in standing.unassigned:
        return _assignment(actor, proposal, standing)
    if proposal.id not in standing.assigned:
        return None
    return WorkItem(proposal, Action.ASSESS, "仕分け意見を書く", "仕分ける", Pile.REVIEW)


def _confirmation(actor: User, proposal: Proposal, standing: Standing) -> WorkItem | None:
    if proposal.id in standing.own_opinion:
        return None
    return WorkItem(proposal, Action.CONFIRM, "仕分け意見を確認する", "確認する", Pile.CONFIRMATION)


def _revisit(actor: User, proposal: Proposal, standing: Standing) -> WorkItem | None:
    return WorkItem(proposal, Action.RESUME, "ペンディングを見直す", "見直す", Pile.REVISIT)


Rule = Callable[[User, Proposal, Standing], WorkItem | None]

RULES: dict[State, Rule] = {
    State.SUBMITTED: _form_check,
    State.ACCEPTED: _assignment,
    State.IN_REVIEW: _review,
    State.IN_CONFIRMATION: _confirmation,
    State.PENDING: _revisit,
}


def _standing(actor: User, cases: Sequence[Proposal]) -> Standing:
    """Read what the rules need for all cases at once."""
    ids = [proposal.id for proposal in cases]
    assigned = select(Assignment.proposal_id).where(
        Assignment.reviewer_id == actor.id, Assignment.ended_at.is_(None)
    )
    in_hand = select(Assignment.proposal_id).where(Assignment.ended_at.is_(None))
    own_opinion = select(Assessment.proposal_id).where(
        Assessment.author_id == actor.id, Assessment.status == AssessmentStatus.OPEN
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
    )


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
            Assessment.id > func.coalesce(settled.c.last_id, 0),
        )
    )


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
        .where(or_(Assessment.author_id == actor.id, AssessmentDecision.decided_by_id == actor.id))
    )
    return frozenset(db.session.scalars(statement))
