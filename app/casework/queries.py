"""Reading the lists of cases (提案一覧の検索): as many queries for ten cases as for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.accounts.models import Organization, User
from app.extensions import db
from app.proposals.models import ApprovalRequest, LateSubmission, Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Round, RoundExtension
from app.workflow.states import State


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
