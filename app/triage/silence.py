"""Cases in which nothing happened for a while (動きのない提案), for leads."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.core import clock
from app.core.closing_days import office_calendar
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import proposals_visible_to
from app.rounds.models import Round
from app.workflow.states import State

# With the secretariat, and not put off: somebody should have moved.
MOVING_STATES = (State.SUBMITTED, State.ACCEPTED, State.IN_REVIEW, State.IN_CONFIRMATION)


class SilentCase(NamedTuple):
    """A case without any act since a day (JST), and how many office days that is."""

    proposal: Proposal
    last_moved_on: date
    office_days: int


def silent_cases(actor: User, round_: Round) -> list[SilentCase]:
    """Cases of a round the actor may see without an act for the days the round says (動きなし).

    The longest silence first. Any act counts that the history of the case tells of.
    """
    cases = list(
        db.session.scalars(
            proposals_visible_to(actor).where(
                Proposal.round_id == round_.id, Proposal.state.in_(MOVING_STATES)
            )
        )
    )
    moved = _last_moves([case.id for case in cases])
    today = clock.today()
    found = []
    for case in cases:
        day = clock.to_jst(moved.get(case.id, case.state_since)).date()
        days = office_calendar().office_days_between(day, today)
        if days >= round_.silent_after_days:
            found.append(SilentCase(case, day, days))
    return sorted(found, key=lambda row: (row.last_moved_on, row.proposal.id))


def _last_moves(ids: list[int]) -> dict[int, datetime]:
    rows = db.session.execute(
        select(AuditEvent.subject_id, func.max(AuditEvent.occurred_at))
        .where(AuditEvent.subject_type == "proposal", AuditEvent.subject_id.in_(ids))
        .group_by(AuditEvent.subject_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}
