"""Reading the lists of cases (提案一覧の検索): as many queries for ten cases as for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Organization, OrganizationType, OrgType, User
from app.core import clock
from app.extensions import db
from app.proposals.models import ApprovalRequest, LateSubmission, Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Round, RoundExtension
from app.workflow.states import State

# Beyond these years an instant cannot be told, and no period of a type needs to be.
FIRST_YEAR, LAST_YEAR = 1900, 9000


@dataclass(frozen=True, kw_only=True)
class ListCounts:
    """Rows of a list before and after its filters (件数); the withdrawn ones are part of both."""

    total: int
    found: int
    found_withdrawn: int


def listed_cases(actor: User) -> Select[Proposal]:
    """Cases the actor may know of with what a list shows of them, in no order yet."""
    return (
        select(Proposal)
        .join(Proposal.organization)
        .where(visible_to(actor))
        .options(
            contains_eager(Proposal.organization).selectinload(Organization.types),
            joinedload(Proposal.category),
            joinedload(Proposal.provisional_category),
            selectinload(Proposal.round),
        )
    )


def count_cases(
    actor: User, scope: Sequence[ColumnElement[bool]], filters: Sequence[ColumnElement[bool]]
) -> ListCounts:
    """Count the cases of a scope with and without the filters, in one query."""
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


def has_type_on_submission(org_type: OrgType) -> ColumnElement[bool]:
    """Condition: the body was of this type on the day of submission, JST (提出日の団体種別).

    Reads the distinct periods first: a day of JST and an instant are not comparable in SQL on both
    databases.
    """
    periods = db.session.execute(
        select(OrganizationType.valid_from, OrganizationType.valid_to)
        .where(OrganizationType.org_type == org_type)
        .distinct()
    ).all()
    return or_(false(), *[_was_in_period(org_type, start, end) for start, end in periods])


def _was_in_period(org_type: OrgType, start: date, end: date | None) -> ColumnElement[bool]:
    is_same_end = (
        OrganizationType.valid_to.is_(None) if end is None else OrganizationType.valid_to == end
    )
    bodies = select(OrganizationType.organization_id).where(
        OrganizationType.org_type == org_type, OrganizationType.valid_from == start, is_same_end
    )
    held: list[ColumnElement[bool]] = [Proposal.organization_id.in_(bodies)]
    if start.year >= FIRST_YEAR:
        held.append(Proposal.submitted_at >= _midnight(start))
    if end is not None and end.year <= LAST_YEAR:
        held.append(Proposal.submitted_at < _midnight(end + timedelta(days=1)))
    return and_(*held)


def _midnight(day: date) -> datetime:
    return clock.jst(day.year, day.month, day.day)


def proposing_bodies(actor: User, round_: Round) -> list[Organization]:
    """Bodies with a case of the round that the actor may know of, by code (提案団体)."""
    of_round = select(Proposal.organization_id).where(
        Proposal.round_id == round_.id, visible_to(actor)
    )
    return list(
        db.session.scalars(
            select(Organization)
            .where(Organization.id.in_(of_round))
            .order_by(Organization.code, Organization.id)
        )
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
