"""What is asked of the database for the backlog of now (現在の滞留の問い合わせ).

Statements are made once; only their values change. All but the last few read `ix_proposal_counted`
alone, in its order.
"""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
    select,
    type_coerce,
)

from app.accounts.models import Organization, User
from app.handoffs.models import Handoff
from app.proposals.models import CaseClock, Proposal
from app.reports.backlog.queries import OF_REVIEWERS, UNSETTLED
from app.reports.backlog.rows import BUCKETS
from app.reports.backlog.tally import OLDEST_SHOWN, OVERDUE_SHOWN
from app.reports.backlog.whose_move import has_owner, is_running
from app.triage.models import Assignment
from app.workflow.handoffs import OWED_HANDOFF_STATES, TERMS_OF_HANDOFFS
from app.workflow.holders import HolderKind
from app.workflow.states import State
from app.workflow.terms import OWING_STATES

Statement = Select[*tuple[Any, ...]]

ROUND, DAY = "round_id", "day"
OWING_UNSETTLED = tuple(state for state in UNSETTLED if state in OWING_STATES)

_DAY: ColumnElement[date] = bindparam(DAY, type_=Proposal.due_on.type)
_ROUND: ColumnElement[int] = bindparam(ROUND, type_=Proposal.round_id.type)
_OF_ROUND = Proposal.round_id == _ROUND
# Of few rows beside the cases: their cases are looked up by id, never the round's for each other.
_OF_ROUND_BY_ID = Proposal.round_id + 0 == _ROUND
# What is late, by the date that is kept with the case; `flask verify` sets it beside the clock.
_IS_LATE = and_(Proposal.due_on < _DAY, Proposal.state.in_(OWING_STATES))
_FIGURES = (
    func.count().label("cases"),
    func.sum(case((_IS_LATE, 1), else_=0)).label("overdue"),
    func.min(Proposal.state_since).label("since"),
)


def begin_of(place: int) -> str:
    """Name of the value that says when cases of a range of ages came in (区分の境)."""
    return f"begin_{place}"


def _is_older(place: int) -> ColumnElement[bool]:
    begin: ColumnElement[datetime] = bindparam(begin_of(place), type_=Proposal.state_since.type)
    return Proposal.state_since < begin


# Cases by state, class and kind of holder (件数), and how many are as old as each range of ages.
GROUPS: Statement = (
    select(
        Proposal.state,
        Proposal.category_id,
        Proposal.holder_kind,
        *_FIGURES,
        *(
            func.sum(case((_is_older(place), 1), else_=0)).label(f"older_{place}")
            for place in range(1, len(BUCKETS))
        ),
    )
    .where(_OF_ROUND, Proposal.state.in_(UNSETTLED))
    .group_by(Proposal.state, Proposal.category_id, Proposal.holder_kind)
)

# Cases whose due date was extended (期限の延長): those clocks are few, and an index has them.
EXTENDED: Statement = (
    select(func.count())
    .select_from(CaseClock)
    .join(Proposal, Proposal.id == CaseClock.proposal_id)
    .where(
        CaseClock.ended_at.is_(None),
        CaseClock.is_extended,
        _OF_ROUND_BY_ID,
        Proposal.state.in_(UNSETTLED),
    )
)

UNSETTLED_CASES: Statement = select(func.count()).where(_OF_ROUND, Proposal.state.in_(UNSETTLED))

# --- Shares of holders ----------------------------------------------------------------------------

_IS_REVIEWERS = Proposal.holder_kind == HolderKind.REVIEWER
OF_OWNERS: Statement = (
    select(Proposal.pending_owner_id.label("holder_id"), Proposal.state, *_FIGURES)
    .where(_OF_ROUND, _IS_REVIEWERS, has_owner())
    .group_by(Proposal.pending_owner_id, Proposal.state)
)
# Outer, so that SQLite begins with the cases: each of these has somebody.
OF_ASSIGNED: Statement = (
    select(Assignment.reviewer_id.label("holder_id"), Proposal.state, *_FIGURES)
    .select_from(Proposal)
    .outerjoin(
        Assignment,
        and_(Assignment.proposal_id == Proposal.id, Assignment.ended_at.is_(None)),
    )
    .where(_OF_ROUND, Proposal.state.in_(OF_REVIEWERS), _IS_REVIEWERS, ~has_owner())
    .group_by(Assignment.reviewer_id, Proposal.state)
)
# Grouped by a sum, so that SQLite reads `ix_proposal_counted` and not the index of the bodies.
OF_BODIES: Statement = (
    select(Proposal.organization_id.label("holder_id"), Proposal.state, *_FIGURES)
    .where(
        _OF_ROUND,
        Proposal.state.in_([State.RETURNED, State.CLASSIFIED]),
        Proposal.holder_kind == HolderKind.BODY,
    )
    .group_by(Proposal.organization_id + 0, Proposal.organization_id, Proposal.state)
)
# Hand-offs that are not over, by destination and how far they are (府省庁の手持ち・送付): its state
# says what a hand-off waits for, its own date is the one set last. `ix_handoff_open` has it all.
_IS_OWED_LATE = and_(Handoff.state.in_(OWED_HANDOFF_STATES), Handoff.due_on < _DAY)
OF_MINISTRIES: Statement = (
    select(
        Handoff.destination_id.label("holder_id"),
        Proposal.state,
        Proposal.holder_kind,
        Handoff.state.label("handoff_state"),
        *_FIGURES,
        func.sum(case((_IS_OWED_LATE, 1), else_=0)).label("late_handoffs"),
        func.min(Handoff.sent_at).label("sent_at"),
    )
    .select_from(Handoff)
    .join(Proposal, Proposal.id == Handoff.proposal_id)
    .where(_OF_ROUND_BY_ID, Handoff.ended_at.is_(None), Handoff.state.in_(TERMS_OF_HANDOFFS))
    .group_by(Handoff.destination_id, Proposal.state, Proposal.holder_kind, Handoff.state)
)

# --- Cases one by one -----------------------------------------------------------------------------

# Not by the index of states, which is in another order: the earliest dates are read, no others.
_IS_OWED = type_coerce(Proposal.state, String).concat("").in_(list(OWING_UNSETTLED))
LAST_LATE_DATE: Statement = (
    select(Proposal.due_on)
    .where(_OF_ROUND, Proposal.due_on < _DAY, _IS_OWED)
    .order_by(Proposal.due_on)
    .offset(OVERDUE_SHOWN - 1)
    .limit(1)
)
LATE_CASES: Statement = select(Proposal.id, Proposal.receipt_number, Proposal.due_on).where(
    _OF_ROUND,
    Proposal.due_on < _DAY,
    Proposal.due_on < bindparam("before", type_=Proposal.due_on.type),
    _IS_OWED,
)
LAST_INSTANT: Statement = (
    select(Proposal.state_since)
    .where(_OF_ROUND, Proposal.state.in_(UNSETTLED))
    .order_by(Proposal.state_since)
    .offset(OLDEST_SHOWN - 1)
    .limit(1)
)
OLD_CASES: Statement = select(Proposal.id, Proposal.receipt_number, Proposal.state_since).where(
    _OF_ROUND,
    Proposal.state.in_(UNSETTLED),
    Proposal.state_since <= bindparam("until", type_=Proposal.state_since.type),
)

_IDS = bindparam("ids", expanding=True, type_=Proposal.id.type)
ASSIGNED_TO: Statement = (
    select(Assignment.proposal_id, User.login, User.display_name)
    .join(User, User.id == Assignment.reviewer_id)
    .where(Assignment.proposal_id.in_(_IDS), Assignment.ended_at.is_(None))
    .order_by(Assignment.id)
)
PEOPLE: Statement = select(User.id, User.login, User.display_name).where(User.id.in_(_IDS))


# The name of a body depends on the day: it is in these statements.
@lru_cache(maxsize=2)
def organizations(_today: date) -> Statement:
    """Names of organizations as of today (団体・府省庁の名称)."""
    return select(Organization.id, Organization.code, Organization.name).where(
        Organization.id.in_(_IDS)
    )


@lru_cache(maxsize=2)
def rows(_today: date) -> Statement:
    """What is told of a case that is shown (滞留の行)."""
    return (
        select(
            Proposal.id,
            Proposal.receipt_number,
            Proposal.state,
            Proposal.category_id,
            Proposal.state_since,
            Proposal.due_on,
            Proposal.holder_kind,
            Proposal.pending_owner_id,
            Organization.code.label("body_code"),
            Organization.name.label("body_name"),
            CaseClock.is_extended,
        )
        .join(Organization, Organization.id == Proposal.organization_id)
        .outerjoin(CaseClock, is_running())
        .where(Proposal.id.in_(_IDS))
    )
