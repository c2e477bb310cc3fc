"""Counting for the homes (ホームの数字)."""

from dataclasses import dataclass

from sqlalchemy import Select, case, func, select

from app.accounts.models import User
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import (
    is_due_today,
    is_of_body,
    is_overdue,
    proposals_visible_to,
    visible_to,
)
from app.rounds.models import Round
from app.triage.models import Assignment
from app.workflow.states import State

# States in which somebody still has to act (滞留).
UNSETTLED = (
    State.SUBMITTED,
    State.RETURNED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.IN_CONFIRMATION,
    State.PENDING,
)
CLASSIFIED = (State.CLASSIFIED, State.CLOSED)


@dataclass(frozen=True, kw_only=True)
class RoundFigures:
    """Figures of a round as one person sees them (募集回の数字)."""

    submitted: int
    unsettled: int
    classified: int
    overdue: int
    due_today: int


@dataclass(frozen=True, kw_only=True)
class ReviewerLoad:
    """Cases in hand of a reviewer (担当別の手持ち)."""

    reviewer: User
    cases: int
    overdue: int


def round_figures(round_: Round, actor: User) -> RoundFigures:
    """Count the cases of a round that the actor may see, in one query."""
    is_unsettled = Proposal.state.in_(UNSETTLED)
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(is_unsettled),
            func.count().filter(Proposal.state.in_(CLASSIFIED)),
            func.count().filter(is_overdue()),
            func.count().filter(is_due_today()),
        ).where(
            Proposal.round_id == round_.id,
            visible_to(actor),
            # Work on the desk: what went into another case is work no more (統合), a part is.
            Proposal.state.not_in([State.DRAFT, State.WITHDRAWN, State.MERGED]),
        )
    ).one()
    return RoundFigures(
        submitted=row[0], unsettled=row[1], classified=row[2], overdue=row[3], due_today=row[4]
    )


def overdue_cases(actor: User, limit: int) -> Select[Proposal]:
    """Cases past their due date, the longest first (期限超過)."""
    return (
        proposals_visible_to(actor)
        .where(is_overdue())
        .order_by(Proposal.due_on, Proposal.id)
        .limit(limit)
    )


def reviewer_loads(actor: User) -> list[ReviewerLoad]:
    """Cases in hand and overdue of every reviewer who has any, by name (担当別の手持ち)."""
    rows = db.session.execute(
        select(User, func.count(), func.count().filter(is_overdue()))
        .select_from(Assignment)
        .join(Assignment.reviewer)
        .join(Assignment.proposal)
        .where(
            Assignment.ended_at.is_(None),
            Proposal.state.in_([State.IN_REVIEW, State.IN_CONFIRMATION]),
            visible_to(actor),
        )
        .group_by(User.id)
        .order_by(User.display_name, User.id)
    ).all()
    return [ReviewerLoad(reviewer=row[0], cases=row[1], overdue=row[2]) for row in rows]


def own_cases(actor: User, states: tuple[State, ...], limit: int) -> list[Proposal]:
    """Cases of the actor's body in some states, the next due first, then the latest.

    By the dates the body itself has to keep (補正): an inner date must not order its list (P26).
    """
    own_date = case((Proposal.state == State.RETURNED, Proposal.due_on), else_=None)
    return list(
        db.session.scalars(
            proposals_visible_to(actor)
            .where(is_of_body(actor), Proposal.state.in_(states))
            .order_by(own_date.is_(None), own_date, Proposal.id.desc())
            .limit(limit)
        )
    )


def cases_awaiting_view(actor: User, limit: int) -> list[Proposal]:
    """Cases of the actor's body whose view of released replies is awaited, the next due first."""
    return list(
        db.session.scalars(
            proposals_visible_to(actor)
            .where(
                is_of_body(actor),
                Proposal.state == State.CLASSIFIED,
                Proposal.view_due_on.is_not(None),
            )
            .order_by(Proposal.view_due_on, Proposal.id.desc())
            .limit(limit)
        )
    )
