"""Counting the proposals of a round (提案の集計): few grouped queries, whatever their number.

What counts, and where, is decided in `cases`; here it is added up.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import selectinload

from app.accounts.models import Organization, OrganizationType
from app.audit.models import AuditEvent
from app.extensions import db
from app.proposals.models import (
    CaseClock,
    CoProposer,
    Endorsement,
    PartnerAnswer,
    Proposal,
    ProposalRevision,
)
from app.proposals.sharing.joining import is_current
from app.reports.cases import UNCOUNTED_STATES, RoundCases, Standing
from app.reports.counting import Basis, Counting
from app.rounds.models import Round
from app.workflow.states import State
from app.workflow.terms import Term

FIRST_VERB = "proposal.submit"

DECIDED_STATES = (State.CLASSIFIED, State.CLOSED)
# On the desk, without a category yet (分類未定).
UNDECIDED_STATES = tuple(
    state for state in State if state not in (*UNCOUNTED_STATES, *DECIDED_STATES, State.PENDING)
)


@dataclass(frozen=True, kw_only=True)
class RoundTotals:
    """What was received in a round (受付の総数); `late` is part of `proposals`, the rest is not.

    `joined` went into another case, or back to it (統合・分割の取消し). `numbers` is how many were
    given out (受付番号と枝番), as the round itself counts them; None where it cannot be said.
    """

    proposals: int
    organizations: int
    late: int
    withdrawn: int
    joined: int
    numbers: int | None


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


def round_totals(round_: Round, cases: RoundCases, counting: Counting) -> RoundTotals:
    """Add up what was received in the round (受付の総数)."""
    return RoundTotals(
        proposals=len(cases.counted),
        organizations=len({case.organization_id for case in cases.with_bodies}),
        late=sum(case.is_late for case in cases.counted),
        withdrawn=cases.withdrawn,
        joined=cases.joined,
        numbers=_numbers(round_, cases, counting),
    )


def _numbers(round_: Round, cases: RoundCases, counting: Counting) -> int | None:
    """Numbers given out (受付番号), and those of the parts (枝番) where parts count."""
    if not cases.is_whole:
        return None
    parts = cases.parts if counting.basis is Basis.MERGED else 0
    if counting.end is None:
        given = select(Round.last_receipt_sequence).where(Round.id == round_.id)
        return (db.session.scalar(given) or 0) + parts
    submitted = select(func.count(AuditEvent.subject_id.distinct())).where(
        AuditEvent.subject_type == "proposal",
        AuditEvent.verb == FIRST_VERB,
        AuditEvent.occurred_at < counting.end,
        AuditEvent.subject_id.in_(select(Proposal.id).where(Proposal.round_id == round_.id)),
    )
    return (db.session.scalar(submitted) or 0) + parts


def count_whole(round_: Round, cases: RoundCases, counting: Counting) -> int:
    """Count the proposals anew, by the database itself, for the check of the sums (検算).

    For a past day and for a reader from whom cases are kept there is no second way to count.
    """
    if counting.end is not None or not cases.is_whole:
        return len(cases.counted)
    return count_now(round_, counting.basis)


def count_now(round_: Round, basis: Basis) -> int:
    """Count the proposals of a round as they stand, in one number (検算)."""
    return db.session.scalar(_number_now(basis), {"round_id": round_.id}) or 0


@cache
def _number_now(basis: Basis) -> Select[int]:
    uncounted = [*UNCOUNTED_STATES]
    if basis is Basis.MERGED:
        uncounted.append(State.MERGED)
    statement = select(func.count(Proposal.id)).where(
        Proposal.round_id == bindparam("round_id"), Proposal.state.not_in(uncounted)
    )
    return statement.where(Proposal.branch_number == 1) if basis is Basis.RECEIVED else statement


def sharing_counts(cases: RoundCases, counting: Counting) -> SharingCounts:
    """Count the bodies that proposed together and that joined (共同提案・追加共同提案)."""
    ids = [case.id for case in cases.with_bodies]
    partners = select(CoProposer.organization_id).where(
        CoProposer.proposal_id.in_(ids), *_is_partner(counting.end)
    )
    joiners = select(Endorsement.organization_id).where(
        Endorsement.proposal_id.in_(ids), *_has_joined(counting.end)
    )
    proposing = {case.organization_id for case in cases.with_bodies}
    found = [set(db.session.scalars(statement)) for statement in (partners, joiners)]
    return SharingCounts(
        partners=len(found[0]), joiners=len(found[1]), all_bodies=len(proposing.union(*found))
    )


def _is_partner(end: datetime | None) -> list[ColumnElement[bool]]:
    """Conditions for a partner that had accepted just before an instant, None for now."""
    accepted = CoProposer.answer == PartnerAnswer.ACCEPTED
    if end is None:
        return [accepted, CoProposer.removed_at.is_(None)]
    stayed = CoProposer.removed_at.is_(None) | (CoProposer.removed_at >= end)
    return [accepted, CoProposer.answered_at < end, stayed]


def _has_joined(end: datetime | None) -> list[ColumnElement[bool]]:
    """Conditions for a body that had joined just before an instant, None for now."""
    if end is None:
        return [is_current()]
    return [
        Endorsement.submitted_at < end,
        Endorsement.withdrawn_at.is_(None) | (Endorsement.withdrawn_at >= end),
    ]


def state_counts(cases: RoundCases) -> StateCounts:
    """Add the cases up by category and state (状態別の件数).

    A closed case counts in its category; a pending one does not, whatever its provisional category.
    """
    return counts_of(Counter(case.standing for case in cases.counted))


def counts_of(standings: Counter[Standing]) -> StateCounts:
    """Sort counted standings by category and state (状態別の件数)."""
    by_category: Counter[int] = Counter()
    by_state: Counter[State] = Counter()
    for standing, number in standings.items():
        by_state[standing.state] += number
        if standing.state in DECIDED_STATES and standing.category_id is not None:
            by_category[standing.category_id] += number
    return StateCounts(
        by_category=by_category,
        pending=by_state[State.PENDING],
        undecided={state: by_state[state] for state in UNDECIDED_STATES if by_state[state]},
    )


def body_counts(cases: RoundCases) -> list[BodyCount]:
    """Add the cases of each body up (団体別の件数); a body behind a merged case counts none."""
    firsts: dict[int, datetime] = {}
    for case in cases.with_bodies:
        first = firsts.get(case.organization_id, case.submitted_at)
        firsts[case.organization_id] = min(first, case.submitted_at)
    proposals = Counter(case.organization_id for case in cases.counted)
    return [
        BodyCount(organization_id=body, proposals=proposals[body], first_submitted_at=first)
        for body, first in sorted(firsts.items())
    ]


def type_periods(bodies: Collection[int]) -> dict[int, list[OrganizationType]]:
    """Types with their periods of the bodies, by id (団体種別の期間)."""
    found: dict[int, list[OrganizationType]] = {}
    for period in db.session.scalars(
        select(OrganizationType)
        .where(OrganizationType.organization_id.in_(bodies))
        .order_by(OrganizationType.organization_id, OrganizationType.valid_from)
    ):
        found.setdefault(period.organization_id, []).append(period)
    return found


def pending_proposals(ids: Collection[int]) -> list[Proposal]:
    """Proposals with these ids by number, bodies with their types (ペンディングの提案)."""
    statement = (
        select(Proposal)
        .where(Proposal.id.in_(ids))
        .options(selectinload(Proposal.organization).selectinload(Organization.types))
        .order_by(Proposal.receipt_sequence, Proposal.id)
    )
    return list(db.session.scalars(statement))


class Hold(NamedTuple):
    """Why a case is put off, and until when (ペンディングの理由・見直し日)."""

    reason: str
    revisit_on: date


def holds(ids: Collection[int], counting: Counting) -> dict[int, Hold]:
    """Why and until when each case was put off, by proposal id (ペンディング), in one query."""
    conditions = [CaseClock.proposal_id.in_(ids), CaseClock.term == Term.REVISIT]
    if counting.as_of is None:
        conditions.append(CaseClock.ended_at.is_(None))
    else:
        conditions.append(CaseClock.started_on <= counting.as_of)
    statement = (
        select(CaseClock.proposal_id, CaseClock.reason, CaseClock.due_on)
        .where(*conditions)
        .order_by(CaseClock.id)
    )
    return {row[0]: Hold(row[1], row[2]) for row in db.session.execute(statement)}


def texts_at(ids: Collection[int], end: datetime | None) -> dict[int, dict[str, Any]]:
    """What stood in each case just before an instant (その時点の内容), by proposal id."""
    if end is None:
        return {}
    rows = db.session.execute(
        select(ProposalRevision.proposal_id, ProposalRevision.content)
        .where(ProposalRevision.proposal_id.in_(ids), ProposalRevision.submitted_at < end)
        .order_by(ProposalRevision.number)
    )
    return {row[0]: row[1] for row in rows}
