"""The moves of the cases of a round, read from the trail (状態の動き)."""

from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import false, select

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.core.clock import to_jst
from app.extensions import db
from app.proposals.models import CaseClock, Proposal
from app.proposals.queries import has_conflict
from app.reports.cases import CLASSIFIED_PREFIX, merges_at
from app.rounds.models import Round
from app.workflow.states import State
from app.workflow.terms import Holder


class Move(NamedTuple):
    """One entry of the trail that moved a case (状態の動き): where to, on which day of JST.

    `category` is the key of the category where the case was classified.
    """

    case_id: int
    day: date
    verb: str
    state: State
    category: str | None


class MinistryRun(NamedTuple):
    """Days on which a ministry had a case (府省庁の番); `until` None where it has it still."""

    since: date
    until: date | None


@lru_cache(maxsize=256)
def _state(name: str) -> tuple[State, str | None]:
    if name.startswith(CLASSIFIED_PREFIX):
        return State.CLASSIFIED, name.removeprefix(CLASSIFIED_PREFIX)
    return State(name), None


def moves_of(round_: Round, reader: User | None, end: datetime | None) -> list[Move]:
    """Every move of the cases of a round before an instant, None for now (状態の動き), in order.

    A case the reader has a conflict of interest with is left out, with whatever had gone into it:
    its history would tell of the hidden one. Without a reader nothing is left out.
    """
    is_hidden = has_conflict(reader.id) if reader is not None else false()
    until = [] if end is None else [AuditEvent.occurred_at < end]
    rows = db.session.execute(
        select(
            Proposal.id,
            AuditEvent.occurred_at,
            AuditEvent.verb,
            AuditEvent.to_state,
            Proposal.merged_into_id,
            is_hidden.label("is_hidden"),
        )
        .join(Proposal, Proposal.id == AuditEvent.subject_id)
        .where(
            AuditEvent.subject_type == "proposal",
            AuditEvent.to_state.is_not(None),
            *until,
            Proposal.round_id == round_.id,
            Proposal.receipt_number.is_not(None),
        )
        .order_by(AuditEvent.seq)
    ).all()
    hidden = {row.id for row in rows if row.is_hidden}
    if hidden:
        now = {row.id: row.merged_into_id for row in rows if row.merged_into_id}
        merges = now if end is None else merges_at(round_, end)
        hidden |= {case for case, target in merges.items() if target in hidden}
    return [
        Move(case_id, to_jst(occurred_at).date(), verb, *_state(to_state))
        for case_id, occurred_at, verb, to_state, *_ in rows
        if case_id not in hidden
    ]


def ministry_runs(round_: Round, end: datetime) -> dict[int, list[MinistryRun]]:
    """When ministries had the cases of a round (府省庁の番), by id: from their clocks."""
    rows = db.session.execute(
        select(CaseClock.proposal_id, CaseClock.started_on, CaseClock.ended_at)
        .join(Proposal, Proposal.id == CaseClock.proposal_id)
        .where(
            Proposal.round_id == round_.id,
            CaseClock.holder == Holder.MINISTRY,
            CaseClock.started_on < to_jst(end).date(),
        )
        .order_by(CaseClock.id)
    )
    found: dict[int, list[MinistryRun]] = {}
    for case_id, since, ended_at in rows:
        until = to_jst(ended_at).date() if ended_at is not None and ended_at < end else None
        run = MinistryRun(since, until)
        found.setdefault(case_id, []).append(run)
    return found
