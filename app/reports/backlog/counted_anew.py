"""Counting the backlog a second way (検算): from their states or their last entries."""

from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.reports.backlog.queries import BEFORE_CLASS, UNSETTLED
from app.reports.cases import CLASSIFIED_PREFIX, standings_at
from app.rounds.models import Round


def count_unsettled(round_: Round, reader: User | None, at: datetime | None = None) -> int:
    """Count the backlog a second way, for the check of the sums (検算).

    For now by the database from where the cases stand, for the past by the last entry of each.
    """
    of_reader = (Proposal.round_id == round_.id,) + (
        () if reader is None else (visible_to(reader),)
    )
    if at is None:
        statement = select(func.count(Proposal.id)).where(*of_reader, Proposal.state.in_(UNSETTLED))
        return db.session.scalar(statement) or 0
    known = set(db.session.scalars(select(Proposal.id).where(*of_reader)))
    standings = standings_at(round_, at)
    return sum(
        case_id in known and found.state in UNSETTLED for case_id, found in standings.items()
    )


def count_unsettled_lately(round_: Round, reader: User | None, at: datetime, present: int) -> int:
    """Count the backlog of an instant that is not long past (少し前の滞留), as `count_unsettled`.

    `present` is what that one says of now. Taken back are the moves since by which a case came
    into the backlog or left it: of all others nothing is read but their entry.
    """
    of_reader = () if reader is None else (visible_to(reader),)
    came, left = _of_backlog(AuditEvent.to_state), _of_backlog(AuditEvent.from_state)
    more = (
        select(func.sum(came - left))
        .select_from(AuditEvent)
        .join(Proposal, Proposal.id == AuditEvent.subject_id)
        .where(
            # Joined with nothing, so that SQLite looks by the time: nearly all are of cases.
            AuditEvent.subject_type.concat("") == "proposal",
            AuditEvent.to_state.is_not(None),
            AuditEvent.occurred_at >= at,
            came != left,
            Proposal.round_id + 0 == round_.id,
            *of_reader,
        )
    )
    return present - (db.session.scalar(more) or 0)


def _of_backlog(named: InstrumentedAttribute[str | None]) -> ColumnElement[int]:
    """1 where a state of an entry is one of the backlog, else 0 (滞留の状態)."""
    is_before = named.in_([state.value for state in BEFORE_CLASS])
    is_classified = named.startswith(CLASSIFIED_PREFIX, autoescape=True)
    return case((or_(is_before, is_classified), 1), else_=0)
