"""Counting the backlog a second way (検算): from their states or their last entries."""

from datetime import datetime

from sqlalchemy import case, func, or_, select

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

    `present` is what that one says of now. What has not moved since stood then where it stands
    now; of the others the first move since tells where it stood.
    """
    of_reader = () if reader is None else (visible_to(reader),)
    first = (
        select(func.min(AuditEvent.seq).label("seq"))
        .where(
            # Joined with nothing, so that SQLite looks by the time: nearly all are of cases.
            AuditEvent.subject_type.concat("") == "proposal",
            AuditEvent.to_state.is_not(None),
            AuditEvent.occurred_at >= at,
        )
        .group_by(AuditEvent.subject_id)
        .subquery()
    )
    was_unsettled = AuditEvent.from_state.in_([state.value for state in BEFORE_CLASS])
    was_classified = AuditEvent.from_state.startswith(CLASSIFIED_PREFIX, autoescape=True)
    moved = (
        select(
            func.sum(case((or_(was_unsettled, was_classified), 1), else_=0)).label("before"),
            func.sum(case((Proposal.state.in_(UNSETTLED), 1), else_=0)).label("now"),
        )
        .select_from(first)
        .join(AuditEvent, AuditEvent.seq == first.c.seq)
        .join(Proposal, Proposal.id == AuditEvent.subject_id)
        .where(Proposal.round_id == round_.id, *of_reader)
    )
    figures = db.session.execute(moved).one()
    return present + (figures.before or 0) - (figures.now or 0)
