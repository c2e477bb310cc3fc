"""Counting the proposals of a round (提案の集計): few grouped queries, whatever their number.

Drafts (下書き) and withdrawn proposals (取下げ) count nowhere. A conflict of interest hides a case
from a person, not from a sum: the figures of a round are the same for every reader.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import selectinload

from app.accounts.models import Organization, OrganizationType, User
from app.extensions import db
from app.proposals.models import CaseClock, CoProposer, Endorsement, PartnerAnswer, Proposal
from app.proposals.queries import visible_to
from app.proposals.sharing.joining import is_current
from app.rounds.models import Round
from app.workflow.states import State

UNCOUNTED_STATES = (State.DRAFT, State.WITHDRAWN)
DECIDED_STATES = (State.CLASSIFIED, State.CLOSED)
# On the desk, without a category yet (分類未定).
UNDECIDED_STATES = tuple(
    state for state in State if state not in (*UNCOUNTED_STATES, *DECIDED_STATES, State.PENDING)
)


@dataclass(frozen=True, kw_only=True)
class RoundTotals:
    """What was received in a round (受付の総数); `late` is part of `proposals`, `withdrawn` not.

    `receipt_numbers` is how many were given out (受付番号), as the round itself counts them.
    """

    proposals: int
    organizations: int
    late: int
    withdrawn: int
    receipt_numbers: int


@dataclass(frozen=True, kw_only=True)
class SharingCounts:
    """Bodies behind the counted proposals of a round (提案に加わった団体), each once a line.

    `all_bodies` are the proposing, the joint and the joining ones together, each counted once.
    """

    partners: int
    joiners: int
    all_bodies: int


@dataclass(frozen=True, kw_only=True)
class StateCounts:
    """Proposals of a round by where they stand (状態別の件数)."""

    by_category: Mapping[int, int]
    pending: int
    undecided: Mapping[State, int]


@dataclass(frozen=True, kw_only=True)
class BodyCount:
    """Proposals of one body in a round, and when the first one came (団体別の件数)."""

    organization_id: int
    proposals: int
    first_submitted_at: datetime


def round_totals(round_: Round) -> RoundTotals:
    """Count what was received in the round, in one query (受付の総数)."""
    is_counted = Proposal.state.not_in(UNCOUNTED_STATES)
    numbers = select(Round.last_receipt_sequence).where(Round.id == round_.id)
    row = db.session.execute(
        select(
            func.count(case((is_counted, 1))),
            func.count(case((is_counted, Proposal.organization_id)).distinct()),
            func.count(case((is_counted & Proposal.is_late, 1))),
            func.count(case((Proposal.state == State.WITHDRAWN, 1))),
            numbers.scalar_subquery(),
        ).where(Proposal.round_id == round_.id)
    ).one()
    proposals, organizations, late, withdrawn, receipt_numbers = row
    return RoundTotals(
        proposals=proposals,
        organizations=organizations,
        late=late,
        withdrawn=withdrawn,
        receipt_numbers=receipt_numbers,
    )


def sharing_counts(round_: Round) -> SharingCounts:
    """Count the bodies that proposed together and that joined (共同提案・追加共同提案)."""
    counted = select(Proposal.id).where(
        Proposal.round_id == round_.id, Proposal.state.not_in(UNCOUNTED_STATES)
    )
    proposing = select(Proposal.organization_id).where(Proposal.id.in_(counted))
    partners = select(CoProposer.organization_id).where(
        CoProposer.proposal_id.in_(counted),
        CoProposer.answer == PartnerAnswer.ACCEPTED,
        CoProposer.removed_at.is_(None),
    )
    joiners = select(Endorsement.organization_id).where(
        Endorsement.proposal_id.in_(counted), is_current()
    )
    bodies = [set(db.session.scalars(found)) for found in (proposing, partners, joiners)]
    return SharingCounts(
        partners=len(bodies[1]), joiners=len(bodies[2]), all_bodies=len(set().union(*bodies))
    )


def state_counts(round_: Round) -> StateCounts:
    """Count the proposals of the round by category and state, in one query.

    A closed case counts in its category; a pending one does not, whatever its provisional category.
    """
    rows = db.session.execute(
        select(Proposal.state, Proposal.category_id, func.count())
        .where(Proposal.round_id == round_.id)
        .group_by(Proposal.state, Proposal.category_id)
    )
    by_category: Counter[int] = Counter()
    by_state: Counter[State] = Counter()
    for state, category_id, count in rows:
        by_state[state] += count
        if state in DECIDED_STATES and category_id is not None:
            by_category[category_id] += count
    return StateCounts(
        by_category=by_category,
        pending=by_state[State.PENDING],
        undecided={state: by_state[state] for state in UNDECIDED_STATES if by_state[state]},
    )


def body_counts(round_: Round) -> list[BodyCount]:
    """Count the proposals of each body of the round, in one query (団体別の件数)."""
    rows = db.session.execute(
        select(Proposal.organization_id, func.count(), func.min(Proposal.submitted_at))
        .where(Proposal.round_id == round_.id, Proposal.state.not_in(UNCOUNTED_STATES))
        .group_by(Proposal.organization_id)
        .order_by(Proposal.organization_id)
    )
    return [
        BodyCount(organization_id=body, proposals=count, first_submitted_at=first)
        for body, count, first in rows
        if first is not None
    ]


def type_periods(round_: Round) -> dict[int, list[OrganizationType]]:
    """Types with their periods of every body that proposed in the round (団体種別の期間)."""
    bodies = select(Proposal.organization_id).where(
        Proposal.round_id == round_.id, Proposal.state.not_in(UNCOUNTED_STATES)
    )
    found: dict[int, list[OrganizationType]] = {}
    for period in db.session.scalars(
        select(OrganizationType)
        .where(OrganizationType.organization_id.in_(bodies))
        .order_by(OrganizationType.organization_id, OrganizationType.valid_from)
    ):
        found.setdefault(period.organization_id, []).append(period)
    return found


def pending_proposals(round_: Round) -> Select[Proposal]:
    """Pending proposals of the round by number, bodies with their types (ペンディングの提案)."""
    return (
        select(Proposal)
        .where(Proposal.round_id == round_.id, Proposal.state == State.PENDING)
        .options(selectinload(Proposal.organization).selectinload(Organization.types))
        .order_by(Proposal.receipt_sequence)
    )


def hidden_pending(round_: Round, reader: User) -> int:
    """Number of pending proposals of the round the reader may not know of (利益相反)."""
    hidden = select(func.count(Proposal.id)).where(
        Proposal.round_id == round_.id, Proposal.state == State.PENDING, ~visible_to(reader)
    )
    return db.session.scalar(hidden) or 0


def hold_reasons(proposals: Sequence[Proposal]) -> dict[int, str]:
    """Why each case was put off, by proposal id (ペンディングの理由), in one query."""
    statement = select(CaseClock.proposal_id, CaseClock.reason).where(
        CaseClock.proposal_id.in_([proposal.id for proposal in proposals]),
        CaseClock.ended_at.is_(None),
    )
    return dict(db.session.execute(statement).all())
