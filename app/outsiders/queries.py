"""Finding outsiders and what they did (部外者と、その活動)."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, distinct, func, or_, select, true

from app.accounts.models import Organization, User
from app.accounts.policy import can_administer, can_manage
from app.accounts.queries import get_user
from app.audit.models import AuditEvent, ReadLog
from app.audit.reading import slot_of
from app.core.clock import JST
from app.core.errors import NotFound
from app.extensions import db
from app.outsiders.models import OutsiderReport

NOT_FOUND = "この部外者は見つかりません。一覧から選んでください。"
PAGE = "page"
CASE = "proposal"
SIGNED_IN, REFUSED = "user.sign_in", "outsider.refuse"
DECEMBER = 12


class Activity(NamedTuple):
    """Counts of one outsider in one month (活動の件数)."""

    sign_ins: int
    pages: int
    cases: int
    refusals: int


class Month(NamedTuple):
    """A month in JST (月), by its first day and the one after its last."""

    first: date
    after: date

    @property
    def begins_at(self) -> datetime:
        """Its first instant."""
        return datetime.combine(self.first, time(), JST)

    @property
    def ends_at(self) -> datetime:
        """The instant after its last."""
        return datetime.combine(self.after, time(), JST)


def month_of(day: date) -> Month:
    """The month a day lies in (月)."""
    first = day.replace(day=1)
    is_last = first.month == DECEMBER
    after = date(first.year + 1, 1, 1) if is_last else first.replace(month=first.month + 1)
    return Month(first, after)


def outsiders_for(actor: User) -> Select[User]:
    """Outsiders the actor watches over or looks after (部外者の一覧), the next to end first.

    The administrator knows of all of them, a manager of those of the own body.
    """
    return (
        select(User)
        .join(User.organization)
        .where(User.outsider_kind.is_not(None), _known_to(actor))
        .order_by(User.access_ends_at.desc(), User.id)
    )


def _known_to(actor: User) -> ColumnElement[bool]:
    if can_administer(actor):
        return true()
    own = User.organization_id == actor.organization_id
    looks_after = own if can_manage(actor, actor.organization) else User.supervisor_id == actor.id
    return or_(looks_after, User.supervisor_id == actor.id)


def get_outsider(actor: User, user_id: int) -> User:
    """Return an outsider the actor may know of (部外者). Raises NotFound alike otherwise."""
    found = (
        db.session.scalars(outsiders_for(actor).where(User.id == user_id)).unique().one_or_none()
    )
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def get_managed_outsider(actor: User, user_id: int) -> User:
    """Return an outsider whose terms the actor sets (部外者の管理). Raises NotFound."""
    found = get_user(user_id)
    if not found.is_outsider or not can_manage(actor, found.organization):
        raise NotFound(NOT_FOUND)
    return found


def activity_of(outsider_id: int, month: Month) -> Activity:
    """What the trail and the readings say of one month (活動の件数)."""
    return Activity(
        sign_ins=_entries(outsider_id, month, SIGNED_IN),
        pages=_readings(outsider_id, month, func.count(), PAGE),
        cases=_readings(outsider_id, month, func.count(distinct(ReadLog.subject_id)), CASE),
        refusals=_entries(outsider_id, month, REFUSED),
    )


def _entries(outsider_id: int, month: Month, verb: str) -> int:
    statement = select(func.count()).where(
        AuditEvent.actor_id == outsider_id,
        AuditEvent.verb == verb,
        AuditEvent.occurred_at >= month.begins_at,
        AuditEvent.occurred_at < month.ends_at,
    )
    return db.session.scalar(statement) or 0


def _readings(outsider_id: int, month: Month, counted: ColumnElement[int], kind: str) -> int:
    statement = select(counted).where(
        ReadLog.user_id == outsider_id,
        ReadLog.subject_type == kind,
        ReadLog.slot >= slot_of(month.begins_at),
        ReadLog.slot < slot_of(month.ends_at),
    )
    return db.session.scalar(statement) or 0


def outsiders_within(month: Month) -> Sequence[User]:
    """Outsiders whose account was there in a month (月にいた部外者), by id."""
    return (
        db.session.scalars(
            select(User)
            .where(
                User.outsider_kind.is_not(None),
                User.created_at < month.ends_at,
                or_(User.access_ends_at.is_(None), User.access_ends_at > month.begins_at),
            )
            .order_by(User.id)
        )
        .unique()
        .all()
    )


def reports_of(outsider: User) -> list[OutsiderReport]:
    """Monthly reports of one outsider, newest first (活動報告)."""
    return list(
        db.session.scalars(
            select(OutsiderReport)
            .where(OutsiderReport.outsider_id == outsider.id)
            .order_by(OutsiderReport.month.desc())
        )
    )


def is_reported(outsider_id: int, month: Month) -> bool:
    """Whether the report of a month was made (作成済みの活動報告)."""
    statement = select(OutsiderReport.id).where(
        OutsiderReport.outsider_id == outsider_id, OutsiderReport.month == month.first
    )
    return db.session.scalar(statement) is not None


def bodies_to_join(actor: User) -> list[Organization]:
    """Bodies for which the actor makes accounts of outsiders (団体・府省庁の選択肢)."""
    found = select(Organization).order_by(
        Organization.kind.desc(), Organization.code, Organization.id
    )
    if not can_administer(actor):
        found = found.where(Organization.id == actor.organization_id)
    return list(db.session.scalars(found))
