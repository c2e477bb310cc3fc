"""Reading the lists of cases (提案一覧の検索): as many queries for ten cases as for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import contains_eager, lazyload, load_only, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from app.accounts.models import Organization, User
from app.core import clock
from app.extensions import db
from app.proposals.models import ApprovalRequest, LateSubmission, Proposal
from app.proposals.queries import sees_all_submitted, visible_to
from app.rounds.models import Round, RoundExtension
from app.workflow.states import State


@dataclass(frozen=True, kw_only=True)
class ListCounts:
    """Rows of a list before and after its filters (件数); the withdrawn ones are part of both."""

    total: int
    found: int
    found_withdrawn: int


_SUBMITTED = tuple(state for state in State if state is not State.DRAFT)

# What a line of a list shows, or is told by; the long texts stay where they are.
_SHOWN = (
    Proposal.round_id,
    Proposal.organization_id,
    Proposal.receipt_sequence,
    Proposal.receipt_number,
    Proposal.branch_number,
    Proposal.merged_into_id,
    Proposal.title,
    Proposal.state,
    Proposal.state_since,
    Proposal.category_id,
    Proposal.provisional_category_id,
    Proposal.due_on,
    Proposal.is_late,
    Proposal.submitted_at,
    Proposal.replies_released_at,
    Proposal.view_due_on,
    Proposal.pending_owner_id,
    Proposal.version,
)


def listed_cases(actor: User, *, with_texts: bool = False) -> Select[Proposal]:
    """Cases the actor may know of with what a list shows of them, in no order yet.

    Their rounds with the categories are those that the page has read already. `with_texts` for a
    list that says what is still missing in them.
    """
    return (
        select(Proposal)
        .join(Proposal.organization)
        .where(visible_to(actor))
        .options(*_read_along(with_texts))
    )


@cache
def _read_along(with_texts: bool) -> tuple[ORMOption, ...]:
    # What one went into is asked for its state and number alone (統合).
    into = selectinload(Proposal.merged_into).options(
        load_only(*_SHOWN), lazyload(Proposal.round), lazyload(Proposal.organization)
    )
    body = contains_eager(Proposal.organization).selectinload(Organization.types)
    shown = () if with_texts else (load_only(*_SHOWN),)
    return (body, lazyload(Proposal.round), into, *shown)


def read_closures(proposals: Sequence[Proposal]) -> None:
    """Read at once the closed days of the bodies whose move it is (団体の閉庁日).

    Their dates are counted in their own calendars.
    """
    bodies = {
        row.organization_id
        for row in proposals
        if row.state is State.RETURNED or row.view_due_on is not None
    }
    if bodies:
        db.session.scalars(
            select(Organization)
            .where(Organization.id.in_(bodies))
            # What is read anew has lost what was read along: the types are asked for together.
            .options(selectinload(Organization.closures), selectinload(Organization.types))
            .execution_options(populate_existing=True)
        ).all()


def count_cases(
    actor: User, scope: Sequence[ColumnElement[bool]], filters: Sequence[ColumnElement[bool]]
) -> ListCounts:
    """Count the few cases of a scope with and without the filters, in one query (件数)."""
    is_found = and_(Proposal.id.is_not(None), *filters)
    row = db.session.execute(
        select(
            func.count(),
            func.count().filter(is_found),
            func.count().filter(is_found, Proposal.state == State.WITHDRAWN),
        )
        .select_from(Proposal)
        .join(Proposal.organization)
        .where(visible_to(actor), *scope)
    ).one()
    return ListCounts(total=row[0], found=row[1], found_withdrawn=row[2])


def count_round(
    actor: User,
    round_: Round,
    filters: Sequence[ColumnElement[bool]],
    *,
    states: Sequence[State] | None,
    with_bodies: bool,
) -> ListCounts:
    """Count the cases of a round with and without the filters (件数).

    `states` are those that the filters ask for when they ask for nothing else (all of them for no
    filter), None when they ask for more. `with_bodies` for filters that name columns of the body.
    """
    numbers = _count_by_state(actor, round_)
    total = sum(numbers.values())
    if states is not None:
        found = {state: numbers.get(state, 0) for state in states}
        return ListCounts(
            total=total,
            found=sum(found.values()),
            found_withdrawn=found.get(State.WITHDRAWN, 0),
        )
    counted = select(
        func.count(), func.count().filter(Proposal.state == State.WITHDRAWN)
    ).select_from(Proposal)
    if with_bodies:
        counted = counted.join(Proposal.organization)
    row = db.session.execute(
        counted.where(visible_to(actor), Proposal.round_id == round_.id, *filters)
    ).one()
    return ListCounts(total=total, found=row[0], found_withdrawn=row[1])


def _count_by_state(actor: User, round_: Round) -> dict[State, int]:
    """Cases of a round the actor may know of, by state, in one query.

    State by state: each is a run of the index that begins with round and state. One count over all
    of them looks at every entry, and takes some ten times as long.
    """
    if not sees_all_submitted(actor):
        # What is left out is looked for once, not once a state.
        rows = db.session.execute(
            select(Proposal.state, func.count())
            .where(Proposal.round_id == round_.id, visible_to(actor))
            .group_by(Proposal.state)
        )
        return {row[0]: row[1] for row in rows}
    row = db.session.execute(_numbers_by_state(), {"round_id": round_.id}).one()
    return dict(zip(_SUBMITTED, row, strict=True))


# The words of the query are made once; what they find is asked anew each time.
@cache
def _numbers_by_state() -> Select[*tuple[Any, ...]]:
    return select(
        *[
            select(func.count())
            .select_from(Proposal)
            .where(Proposal.round_id == bindparam("round_id"), Proposal.state == state)
            .scalar_subquery()
            for state in _SUBMITTED
        ]
    )


def proposing_bodies(actor: User, round_: Round) -> list[tuple[str, str]]:
    """Code and name of each body with a case of the round the actor may know of (提案団体).

    By code. Asked body by body in an index: it costs the same for ten cases of each as for one.
    """
    if sees_all_submitted(actor):
        bodies = _bodies_of_submitted(clock.today())
    else:
        bodies = _bodies_with_case(visible_to(actor))
    # Words alone, up to two thousand: not through what makes objects out of rows.
    found = db.session.connection().execute(bodies, {"round_id": round_.id})
    return [(code or "", name) for code, name in found.all()]


# The words of the query are made once (the name of a body depends on the day); what they find is
# asked anew each time.
@lru_cache(maxsize=2)
def _bodies_of_submitted(_today: date) -> Select[str | None, str]:
    # `visible_to` for whoever sees all that was submitted.
    return _bodies_with_case(Proposal.state != State.DRAFT)


def _bodies_with_case(is_meant: ColumnElement[bool]) -> Select[str | None, str]:
    has_case = (
        select(Proposal.id)
        .where(
            Proposal.round_id == bindparam("round_id"),
            Proposal.organization_id == Organization.id,
            is_meant,
        )
        .correlate(Organization)
        .exists()
    )
    return (
        select(Organization.code, Organization.name)
        .where(Organization.code.is_not(None), has_case)
        .order_by(Organization.code, Organization.id)
    )


def closing_instants(organization_id: int, rounds: Sequence[Round]) -> dict[int, datetime]:
    """End of each round for one body, by round id (期限延長を含む締切), in one query."""
    extended = {
        row.round_id: row.closes_at
        for row in db.session.scalars(
            select(RoundExtension).where(RoundExtension.organization_id == organization_id)
        )
    }
    return {
        round_.id: max(round_.closes_at, extended.get(round_.id, round_.closes_at))
        for round_ in rounds
    }


def waiting_approval_ids(proposals: Sequence[Proposal]) -> frozenset[int]:
    """Those of the proposals whose approval inside the body waits (決裁待ち)."""
    ids = [proposal.id for proposal in proposals]
    return frozenset(
        db.session.scalars(
            select(ApprovalRequest.proposal_id).where(
                ApprovalRequest.proposal_id.in_(ids), ApprovalRequest.decision.is_(None)
            )
        )
    )


def waiting_late_ids(proposals: Sequence[Proposal]) -> frozenset[int]:
    """Those of the proposals whose late submission waits for a lead (期限後の提出の申出中)."""
    ids = [proposal.id for proposal in proposals]
    return frozenset(
        db.session.scalars(
            select(LateSubmission.proposal_id).where(
                LateSubmission.proposal_id.in_(ids), LateSubmission.decision.is_(None)
            )
        )
    )
