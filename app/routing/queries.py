"""Finding duties (所管事務の検索)."""

from datetime import date

from sqlalchemy import or_, select

from app.accounts.models import Organization
from app.accounts.queries import list_ministries
from app.core import clock
from app.core.errors import NotFound
from app.extensions import db
from app.routing.models import Duty

NOT_FOUND = "この所管は見つかりません。所管の一覧から開いてください。"
# Coordinates what no ministry is in charge of; the catch-all until a lead names another one.
DEFAULT_CATCH_ALL = "デジタル庁"


def all_duties() -> list[Duty]:
    """Every duty that ever held, those of one ministry together, the newest first (所管事務)."""
    return list(
        db.session.scalars(
            select(Duty).order_by(Duty.organization_id, Duty.valid_from.desc(), Duty.id.desc())
        )
    )


def duties_on(day: date) -> list[Duty]:
    """Duties that hold on a day, the catch-all among them (有効な所管事務), in one question."""
    return list(
        db.session.scalars(
            select(Duty)
            .where(Duty.valid_from <= day, or_(Duty.valid_until.is_(None), Duty.valid_until >= day))
            .order_by(Duty.id)
        )
    )


def get_duty(duty_id: int) -> Duty:
    """Return the duty with this id (所管事務). Raises NotFound."""
    found = db.session.get(Duty, duty_id)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def catch_all_duty() -> Duty | None:
    """The catch-all a lead named (その他の宛先), None while the default counts."""
    return db.session.scalars(
        select(Duty).where(Duty.is_catch_all, Duty.valid_until.is_(None))
    ).one_or_none()


def catch_all() -> Organization | None:
    """Where a case goes that nothing speaks for (その他の宛先): named, or the default."""
    today = clock.today()
    named = catch_all_duty()
    body = named.organization.acting_on(today) if named else None
    if body is not None and body.exists_on(today):
        return body
    standing = [row for row in list_ministries() if row.exists_on(today)]
    return next((row for row in standing if row.name == DEFAULT_CATCH_ALL), None)
