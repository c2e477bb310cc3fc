"""The cases of a round that a report counts, and where each stood (集計の対象).

One query for the cases and, for a past day, one for the entries of the trail that say where each
stood at its end, and one for the merges in force then. Reports add up what is read here.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, false, func, select

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.extensions import db
from app.lineage.models import CaseMerge
from app.proposals import queries as proposals
from app.proposals.models import Proposal
from app.proposals.queries import has_conflict
from app.reports.counting import Basis, Counting
from app.rounds.models import Round
from app.workflow.states import State, state_name

# Drafts (下書き) and withdrawn proposals (取下げ) count nowhere.
UNCOUNTED_STATES = (State.DRAFT, State.WITHDRAWN)
CLASSIFIED_PREFIX = f"{State.CLASSIFIED.value}_"


class Standing(NamedTuple):
    """Where a case stood (状態・分類); a category only where it was classified or closed."""

    state: State
    category_id: int | None


@dataclass(frozen=True, kw_only=True)
class CountedCase:
    """One case of a round as a report sees it (集計する提案)."""

    id: int
    organization_id: int
    submitted_at: datetime
    is_late: bool
    is_part: bool
    standing: Standing

    @property
    def state(self) -> State:
        """State in which it counts (状態)."""
        return self.standing.state

    @property
    def category_id(self) -> int | None:
        """Category in which it counts (分類)."""
        return self.standing.category_id


@dataclass(frozen=True, kw_only=True)
class RoundCases:
    """All cases of a round that a reader may know of, sorted by how they count (集計の対象).

    `behind` are absorbed cases that do not count themselves: their bodies stand behind others.
    """

    counted: tuple[CountedCase, ...]
    behind: tuple[CountedCase, ...]
    withdrawn: int
    joined: int
    parts: int
    is_whole: bool

    @property
    def with_bodies(self) -> tuple[CountedCase, ...]:
        """Every case whose bodies count (団体を数える提案)."""
        return (*self.counted, *self.behind)


def has_any_conflict(reader: User) -> bool:
    """Whether any conflict of the reader is in force, with a case of this round or not."""
    return proposals.has_any_conflict(reader.id)


def round_cases(round_: Round, reader: User | None, counting: Counting) -> RoundCases:
    """Read the cases of a round and where they count (集計の対象).

    A case the reader has a conflict of interest with is left out, with whatever went into it: how
    that one counts would tell of the hidden one. Without a reader nothing is left out.
    """
    rows = _rows(round_, reader)
    standings, targets = _standings(round_, rows, counting)
    hidden = {row.id for row in rows if row.is_hidden}
    known = [
        row for row in rows if row.id in standings and not {row.id, targets.get(row.id)} & hidden
    ]
    cases = {row.id: _case(row, standings[row.id]) for row in known}
    by_basis = _as_received if counting.basis is Basis.RECEIVED else _as_merged
    counted, behind = by_basis(cases, targets)
    are_parts_relevant = counting.basis is Basis.MERGED
    joined = [case for case in cases.values() if are_parts_relevant and case.state is State.MERGED]
    return RoundCases(
        counted=tuple(counted),
        behind=tuple(behind),
        withdrawn=sum(
            case.state is State.WITHDRAWN
            for case in cases.values()
            if are_parts_relevant or not case.is_part
        ),
        joined=len(joined),
        parts=sum(case.is_part for case in cases.values()),
        is_whole=reader is None or not has_any_conflict(reader),
    )


def _rows(round_: Round, reader: User | None) -> list[Row[Any]]:
    is_hidden = has_conflict(reader.id) if reader is not None else false()
    statement = (
        select(
            Proposal.id,
            Proposal.organization_id,
            Proposal.submitted_at,
            Proposal.is_late,
            Proposal.branch_number,
            Proposal.state,
            Proposal.category_id,
            Proposal.merged_into_id,
            is_hidden.label("is_hidden"),
        )
        .where(Proposal.round_id == round_.id, Proposal.receipt_number.is_not(None))
        .order_by(Proposal.receipt_sequence, Proposal.id)
    )
    return list(db.session.execute(statement))


def _case(row: Row[Any], standing: Standing) -> CountedCase:
    return CountedCase(
        id=row.id,
        organization_id=row.organization_id,
        submitted_at=row.submitted_at,
        is_late=row.is_late,
        is_part=row.branch_number > 1,
        standing=standing,
    )


def _as_received(
    cases: Mapping[int, CountedCase], targets: Mapping[int, int]
) -> tuple[list[CountedCase], list[CountedCase]]:
    """Every submission once; one that went into another case counts where that one stands."""
    counted = []
    for case in cases.values():
        if case.is_part or case.state in UNCOUNTED_STATES:
            continue
        target = cases.get(targets.get(case.id, 0))
        is_followed = target is not None and target.state not in UNCOUNTED_STATES
        standing = target.standing if target is not None and is_followed else case.standing
        counted.append(replace(case, standing=standing))
    return counted, []


def _as_merged(
    cases: Mapping[int, CountedCase], targets: Mapping[int, int]
) -> tuple[list[CountedCase], list[CountedCase]]:
    """Every case that goes on by itself; the absorbed ones stand behind those they went into.

    Parts that went back to a case stand behind nothing once that case is withdrawn.
    """
    uncounted = (*UNCOUNTED_STATES, State.MERGED)
    counted = [case for case in cases.values() if case.state not in uncounted]
    into = {case.id: cases.get(targets.get(case.id, 0)) for case in cases.values()}
    behind = [
        cases[absorbed]
        for absorbed, target in into.items()
        if target is not None and target.state not in UNCOUNTED_STATES
    ]
    return counted, behind


# --- Where a case stood ---------------------------------------------------------------------------


def _standings(
    round_: Round, rows: Iterable[Row[Any]], counting: Counting
) -> tuple[dict[int, Standing], dict[int, int]]:
    """Where every case stood by its id, and into which case it had gone (統合先)."""
    if counting.end is None:
        now = {row.id: Standing(row.state, row.category_id) for row in rows}
        into = {row.id: row.merged_into_id for row in rows if row.merged_into_id is not None}
        return now, into
    return standings_at(round_, counting.end), merges_at(round_, counting.end)


def standings_at(
    round_: Round, end: datetime, among: Select[int] | Collection[int] | None = None
) -> dict[int, Standing]:
    """Where the cases of a round stood just before an instant (時点), by id, from the trail.

    The last entry that moved a case says it, so what was reopened, classified anew or withdrawn
    later stands as it stood. A case that was not submitted yet is not among them. `among` leaves
    out all but these cases.
    """
    of_round = select(Proposal.id).where(Proposal.round_id == round_.id)
    if among is not None:
        of_round = of_round.where(Proposal.id.in_(among))
    last = (
        select(func.max(AuditEvent.seq))
        .where(
            AuditEvent.subject_type == "proposal",
            AuditEvent.subject_id.in_(of_round),
            AuditEvent.to_state.is_not(None),
            AuditEvent.occurred_at < end,
        )
        .group_by(AuditEvent.subject_id)
    )
    rows = db.session.execute(
        select(AuditEvent.subject_id, AuditEvent.from_state, AuditEvent.to_state).where(
            AuditEvent.seq.in_(last)
        )
    )
    category_ids = {
        state_name(State.CLASSIFIED, row.key): row.id for row in round_.scheme.categories
    }
    return {
        subject_id: _standing(before, after, category_ids)
        for subject_id, before, after in rows
        if subject_id is not None and after is not None
    }


def _standing(before: str | None, after: str, category_ids: Mapping[str, int]) -> Standing:
    if after.startswith(CLASSIFIED_PREFIX):
        return Standing(State.CLASSIFIED, category_ids.get(after))
    state = State(after)
    # A closed case keeps the category it was closed in (終了).
    return Standing(state, category_ids.get(before or "") if state is State.CLOSED else None)


def merges_at(round_: Round, end: datetime) -> dict[int, int]:
    """Into which case each absorbed one had gone just before an instant (統合先), by id."""
    rows = db.session.execute(
        select(CaseMerge.absorbed_id, CaseMerge.target_id)
        .join(CaseMerge.absorbed)
        .where(
            Proposal.round_id == round_.id,
            CaseMerge.merged_at < end,
            CaseMerge.undone_at.is_(None) | (CaseMerge.undone_at >= end),
        )
        .order_by(CaseMerge.id)
    )
    return {row[0]: row[1] for row in rows}
