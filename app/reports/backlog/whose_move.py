"""Whose move it is, as conditions of the database (現在の持ち主), by the rules of `queries`."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, or_, select
from sqlalchemy.orm import aliased

from app.handoffs.models import Handoff, HandoffDue
from app.proposals.models import CaseClock, Proposal
from app.reports.backlog.at_ministries import OWED_BY_MINISTRY
from app.reports.backlog.queries import OF_REVIEWERS, UNSETTLED
from app.triage.models import Assessment, AssessmentStatus, Assignment
from app.triage.queries import DISPUTES_BEFORE_LEAD
from app.workflow.holders import HolderKind
from app.workflow.states import State
from app.workflow.terms import Holder as ClockHolder

UNDISPUTED = (AssessmentStatus.CONFIRMED, AssessmentStatus.DECIDED)


def is_running() -> ColumnElement[bool]:
    """The clock of a case that runs (動いている時計), to join it by; there is one at most."""
    return and_(CaseClock.proposal_id == Proposal.id, CaseClock.ended_at.is_(None))


@cache
def kind_of_holder() -> ColumnElement[HolderKind | None]:
    """Kind of holder of a case (持ち主の種類), as `queries` tells it of one; NULL of a settled one.

    This is the rule by which `Proposal.holder_kind` is kept. It asks up to four tables a case; to
    build it takes longer than to run it.
    """
    is_ministrys = and_(Proposal.state == State.CLASSIFIED, _owed().exists())
    return case(
        (Proposal.state.not_in(UNSETTLED), null()),
        (_is_bodys(), _kept(HolderKind.BODY)),
        (is_ministrys, _kept(HolderKind.MINISTRY)),
        (or_(has_owner(), _is_assigned()), _kept(HolderKind.REVIEWER)),
        else_=_kept(HolderKind.POOL),
    )


def _kept(kind: HolderKind) -> ColumnElement[HolderKind]:
    return literal(kind, Proposal.holder_kind.type)


def _is_bodys() -> ColumnElement[bool]:
    """Whether it is the move of the proposing body (提案団体の番): a correction, or its view."""
    own = aliased(CaseClock)
    awaits_view = select(own.id).where(
        own.proposal_id == Proposal.id, own.ended_at.is_(None), own.holder == ClockHolder.PROPOSER
    )
    return or_(
        Proposal.state == State.RETURNED,
        and_(Proposal.state == State.CLASSIFIED, awaits_view.exists()),
    )


def has_owner() -> ColumnElement[bool]:
    """Whether a person looks at a pending case again (ペンディングの持ち主)."""
    return and_(Proposal.state == State.PENDING, Proposal.pending_owner_id.is_not(None))


def _is_assigned() -> ColumnElement[bool]:
    """Whether it is the move of the assigned reviewers (担当の番)."""
    # Aliases: a query around this may join the same tables, and means other rows of them.
    own = aliased(Assignment)
    assigned = select(own.id).where(own.proposal_id == Proposal.id, own.ended_at.is_(None))
    return and_(
        Proposal.state.in_(OF_REVIEWERS),
        assigned.exists(),
        or_(Proposal.state != State.IN_REVIEW, _disputes() < DISPUTES_BEFORE_LEAD),
    )


def _disputes() -> ColumnElement[int]:
    """Disputes since an opinion was last confirmed or decided (総括決裁待ち)."""
    own, later = aliased(Assessment), aliased(Assessment)
    is_over = select(later.id).where(
        later.proposal_id == own.proposal_id, later.id > own.id, later.status.in_(UNDISPUTED)
    )
    # Not in the conditions: SQLite would look for it in the index of first opinions, of which
    # almost all are none, and read all opinions for each case.
    is_first = case((own.first_opinion_id.is_(None), own.id))
    return (
        select(func.count(is_first))
        .where(
            own.proposal_id == Proposal.id,
            own.status == AssessmentStatus.DISPUTED,
            ~is_over.exists(),
        )
        .scalar_subquery()
    )


def _owed() -> Select[Any]:
    """Hand-offs on which a ministry owes an acknowledgement or a reply (府省庁の番)."""
    own, due = aliased(Handoff), aliased(HandoffDue)
    return (
        select(own.id)
        .join(due, due.id == last_due(own))
        .where(
            own.proposal_id == Proposal.id,
            own.ended_at.is_(None),
            due.term.in_(OWED_BY_MINISTRY),
        )
    )


def last_due(handoff: type[Handoff] = Handoff) -> ColumnElement[int]:
    """The date of a hand-off that was set last (最後に決めた期限), by id."""
    due = aliased(HandoffDue)
    last = select(func.max(due.id)).where(due.handoff_id == handoff.id)
    return last.correlate(handoff).scalar_subquery()
