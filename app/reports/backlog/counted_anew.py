"""Counting the backlog a second way (検算): from their states or their last entries."""

from datetime import datetime

from sqlalchemy import func, select

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.reports.backlog.queries import UNSETTLED
from app.reports.cases import standings_at
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


def count_unsettled_lately(round_: Round, reader: User | None, at: datetime) -> int:
    """Count the backlog of an instant that is not long past (少し前の滞留), as `count_unsettled`.

    What has not moved since stood then where it stands now: the trail is asked of the others.
    """
    moved = select(AuditEvent.subject_id).where(
        # Joined with nothing, so that SQLite looks by the time: nearly all entries are of cases.
        AuditEvent.subject_type.concat("") == "proposal",
        AuditEvent.to_state.is_not(None),
        AuditEvent.occurred_at >= at,
    )
    of_reader = () if reader is None else (visible_to(reader),)
    rows = db.session.execute(
        select(Proposal.id, Proposal.state).where(
            Proposal.round_id == round_.id, *of_reader, Proposal.id.in_(moved)
        )
    ).all()
    before = standings_at(round_, at, [row.id for row in rows])
    return (
        count_unsettled(round_, reader)
        - sum(row.state in UNSETTLED for row in rows)
        + sum(found.state in UNSETTLED for found in before.values())
    )
