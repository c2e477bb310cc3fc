"""Finding whose pledge is over or soon will be (誓約の期限)."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.accounts.models import Organization, User
from app.accounts.queries import is_active_today
from app.attestations.models import Attestation
from app.core import clock
from app.extensions import db

# From so many days before the last one on, everybody concerned is told.
NOTICE_DAYS = 30
OVERDUE, SOON = "overdue", "soon"
NEVER = date(1900, 1, 1)


def standing(show: str) -> ColumnElement[bool]:
    """Condition for the accounts of a tab (未了・まもなく)."""
    today = clock.today()
    if show == SOON:
        return and_(
            User.attested_until >= today,
            User.attested_until < today + timedelta(days=NOTICE_DAYS),
        )
    return or_(User.attested_until.is_(None), User.attested_until < today)


def accounts(show: str) -> Select[User]:
    """Open accounts of a tab (利用中のアカウント), in no order."""
    return select(User).join(User.organization).where(is_active_today(), standing(show))


def last_day() -> ColumnElement[date]:
    """Last day of the pledge, long past for who never gave one: what lists go by (期限)."""
    return func.coalesce(User.attested_until, NEVER)


def count_accounts(show: str) -> int:
    """How many stand in a tab (件数)."""
    statement = (
        select(func.count(User.id))
        .join(Organization, Organization.id == User.organization_id)
        .where(is_active_today(), standing(show))
    )
    return db.session.scalar(statement) or 0


def attestations_of(user: User) -> list[Attestation]:
    """Pledges of one person, newest first (誓約の記録)."""
    statement = select(Attestation).where(Attestation.user_id == user.id)
    return list(db.session.scalars(statement.order_by(Attestation.id.desc())))


def ends_soon(user: User) -> bool:
    """Whether the pledge of a person still holds, and ends within 30 days (期限の予告)."""
    last = user.attested_until
    return last is not None and clock.today() <= last < clock.today() + timedelta(days=NOTICE_DAYS)
