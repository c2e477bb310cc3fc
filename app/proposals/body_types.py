"""Cases by the type of the body that proposed (団体種別): city, town, prefecture …"""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, or_, select

from app.accounts.models import OrganizationType, OrgType
from app.core import clock
from app.extensions import db
from app.proposals.models import Proposal

# Beyond these years an instant cannot be told, and no period of a type needs to be.
FIRST_YEAR, LAST_YEAR = 1900, 9000


def has_type_on_submission(org_type: OrgType) -> ColumnElement[bool]:
    """Condition: the body was of this type on the day of submission, JST (提出日の団体種別).

    Reads the distinct periods first: a day of JST and an instant are not comparable in SQL on both
    databases.
    """
    periods = db.session.execute(
        select(OrganizationType.valid_from, OrganizationType.valid_to)
        .where(OrganizationType.org_type == org_type)
        .distinct()
    ).all()
    return or_(false(), *[_was_in_period(org_type, start, end) for start, end in periods])


def _was_in_period(org_type: OrgType, start: date, end: date | None) -> ColumnElement[bool]:
    is_same_end = (
        OrganizationType.valid_to.is_(None) if end is None else OrganizationType.valid_to == end
    )
    bodies = select(OrganizationType.organization_id).where(
        OrganizationType.org_type == org_type, OrganizationType.valid_from == start, is_same_end
    )
    held: list[ColumnElement[bool]] = [Proposal.organization_id.in_(bodies)]
    if start.year >= FIRST_YEAR:
        held.append(Proposal.submitted_at >= _midnight(start))
    if end is not None and end.year <= LAST_YEAR:
        held.append(Proposal.submitted_at < _midnight(end + timedelta(days=1)))
    return and_(*held)


def _midnight(day: date) -> datetime:
    return clock.jst(day.year, day.month, day.day)
