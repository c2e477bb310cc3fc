"""Which ministries had a case at an instant (その時点の府省庁), told from their dates."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select

from app.accounts.models import Organization
from app.extensions import db
from app.handoffs.models import Handoff, HandoffDue
from app.reports.backlog.rows import Holder, ministry_key
from app.workflow.terms import Term

OWED_BY_MINISTRY = (Term.ACKNOWLEDGEMENT, Term.REPLY)


def ministries_at(of_round: Select[int], end: datetime | None) -> dict[int, tuple[Holder, ...]]:
    """Ministries that owed an acknowledgement or a reply just before an instant, by case id.

    The date set last says what a hand-off was about then: a settlement is the secretariat's.
    """
    lasting: ColumnElement[bool] = Handoff.ended_at.is_(None)
    if end is not None:
        lasting = or_(lasting, Handoff.ended_at >= end)
    of_these = Handoff.proposal_id.in_(of_round) & lasting
    last = (
        select(func.max(HandoffDue.id))
        .where(HandoffDue.handoff_id.in_(select(Handoff.id).where(of_these)))
        .group_by(HandoffDue.handoff_id)
    )
    if end is not None:
        last = last.where(HandoffDue.set_at < end)
    rows = db.session.execute(
        select(Handoff.proposal_id, Organization.id, Organization.name)
        .join(HandoffDue, HandoffDue.handoff_id == Handoff.id)
        .join(Organization, Organization.id == Handoff.destination_id)
        .where(of_these, HandoffDue.id.in_(last), HandoffDue.term.in_(OWED_BY_MINISTRY))
        .order_by(Handoff.id)
    )
    found: dict[int, tuple[Holder, ...]] = {}
    for case_id, ministry_id, name in rows:
        holder = Holder(ministry_key(ministry_id), name)
        found[case_id] = (*found.get(case_id, ()), holder)
    return found
