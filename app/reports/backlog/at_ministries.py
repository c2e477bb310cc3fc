"""Which ministries had a case at an instant (その時点の府省庁), told from their dates."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select

from app.extensions import db
from app.handoffs.models import Handoff, HandoffDue
from app.reports.backlog.rows import Holder, ministry_key
from app.workflow.terms import Term

OWED_BY_MINISTRY = (Term.ACKNOWLEDGEMENT, Term.REPLY)


def ministries_at(of_round: Select[int], end: datetime | None) -> dict[int, tuple[Holder, ...]]:
    """Ministries that owed an acknowledgement or a reply just before an instant, by case id.

    The date set last says what a hand-off was about then: a settlement is the secretariat's.
    """
    last = select(func.max(HandoffDue.id)).group_by(HandoffDue.handoff_id)
    lasting: ColumnElement[bool] = Handoff.ended_at.is_(None)
    if end is not None:
        last = last.where(HandoffDue.set_at < end)
        lasting = or_(lasting, Handoff.ended_at >= end)
    rows = db.session.scalars(
        select(Handoff)
        .join(HandoffDue, HandoffDue.handoff_id == Handoff.id)
        .where(
            Handoff.proposal_id.in_(of_round),
            lasting,
            HandoffDue.id.in_(last),
            HandoffDue.term.in_(OWED_BY_MINISTRY),
        )
        .order_by(Handoff.id)
    )
    found: dict[int, tuple[Holder, ...]] = {}
    for row in rows:
        holder = Holder(ministry_key(row.destination_id), row.destination.name)
        found[row.proposal_id] = (*found.get(row.proposal_id, ()), holder)
    return found
