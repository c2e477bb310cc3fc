"""Finding entries of the trail (監査証跡の検索): each way in has its index."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, select

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.core.clock import jst
from app.core.numbered_pages import Key
from app.extensions import db
from app.proposals.conflicts import conflict_of
from app.proposals.models import Proposal

CASE = "proposal"
LONGEST_VERB = 64
# The whole trail stands in the order of its chain; what is searched, in that of the clock.
AS_WRITTEN = (Key(AuditEvent.seq, int, goes_down=True),)
NEWEST_FIRST = (
    Key(AuditEvent.occurred_at, datetime, goes_down=True),
    Key(AuditEvent.seq, int, goes_down=True),
)


def entries(conditions: Sequence[ColumnElement[bool]]) -> Select[AuditEvent]:
    """Entries that meet all conditions, in no order (監査記録)."""
    return select(AuditEvent).where(*conditions)


def about_case(proposal: Proposal) -> ColumnElement[bool]:
    """Condition for the entries of one case (案件の記録)."""
    return (AuditEvent.subject_type == CASE) & (AuditEvent.subject_id == proposal.id)


def by_actor(user: User) -> ColumnElement[bool]:
    """Condition for what one person did (利用者の操作)."""
    return AuditEvent.actor_id == user.id


def of_verb(verb: str) -> ColumnElement[bool]:
    """Condition for one kind of act (操作の種類)."""
    return AuditEvent.verb == verb[:LONGEST_VERB]


def happened_in(first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    """Conditions for the entries of some JST days, both included (期間)."""
    found: list[ColumnElement[bool]] = []
    if first is not None:
        found.append(AuditEvent.occurred_at >= _midnight(first))
    if last is not None:
        found.append(AuditEvent.occurred_at < _midnight(last + timedelta(days=1)))
    return found


def withheld_cases(events: Sequence[AuditEvent], reader: User) -> set[int]:
    """Ids of the cases among some entries that the reader must not touch (利益相反)."""
    ids = {event.subject_id for event in events if event.subject_type == CASE}
    found = db.session.scalars(
        select(Proposal.id).where(Proposal.id.in_(ids), conflict_of(reader.id))
    )
    return set(found)


def _midnight(day: date) -> datetime:
    return jst(day.year, day.month, day.day)
