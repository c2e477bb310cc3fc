"""Closed days of a body's own (団体の閉庁日): they count in the periods this body has to keep."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.accounts.models import OfficeClosure, Organization, OrganizationKind, User
from app.accounts.policy import authorize_manage
from app.audit.services import Subject, record
from app.core import clock
from app.core.calendar import CalendarRangeError
from app.core.closing_days import office_calendar
from app.core.eras import format_date
from app.core.errors import InvalidInput, NotAllowed, NotFound
from app.extensions import db

# More would be no exception to the national calendar, but another one.
MOST_PER_YEAR = 20
NOT_LOCAL = "閉庁日を登録できるのは、地方公共団体だけです。"
NOT_LISTED = "この閉庁日は登録されていません。一覧を開き直してください。"


@dataclass(frozen=True, kw_only=True)
class AddClosure:
    """A day on which the body is closed (閉庁日の登録)."""

    day: date
    name: str


def add_closure(body: Organization, command: AddClosure, *, actor: User) -> None:
    """Add a closed day to come (閉庁日の登録). Periods that run already keep their date.

    Raises NotAllowed, and InvalidInput for a day that is over or closed anyway.
    """
    authorize_manage(actor, body)
    if body.kind is not OrganizationKind.LOCAL_GOVERNMENT:
        raise NotAllowed(NOT_LOCAL)
    # Two of the same day at once: the second one waits, and finds the first.
    db.session.execute(select(Organization.id).where(Organization.id == body.id).with_for_update())
    db.session.expire(body, ["closures"])
    _check_day(body, command.day)
    body.closures.append(OfficeClosure(day=command.day, name=command.name))
    db.session.flush()
    _record("office_closure.add", body, command.day, actor)


def remove_closure(body: Organization, day: date, *, actor: User) -> None:
    """Take a closed day out (閉庁日の取消し). Raises NotAllowed, NotFound."""
    authorize_manage(actor, body)
    closure = db.session.get(OfficeClosure, (body.id, day))
    if closure is None:
        raise NotFound(NOT_LISTED)
    if day < clock.today():
        raise NotAllowed("過ぎた閉庁日は取り消せません。期限の記録に残っています。")
    db.session.delete(closure)
    db.session.flush()
    db.session.expire(body, ["closures"])
    _record("office_closure.remove", body, day, actor)


def _check_day(body: Organization, day: date) -> None:
    if day < clock.today():
        raise InvalidInput({"day": ["今日以後の日を入力してください"]})
    if any(closure.day == day for closure in body.closures):
        raise InvalidInput({"day": [f"{format_date(day)}は既に登録されています"]})
    try:
        reason = office_calendar().closing_reason(day)
    except CalendarRangeError as error:
        raise InvalidInput({"day": [error.message]}) from error
    if reason is not None:
        raise InvalidInput(
            {"day": [f"{format_date(day)}は全国で閉庁日です（{reason}）。登録は要りません"]}
        )
    if sum(closure.day.year == day.year for closure in body.closures) >= MOST_PER_YEAR:
        raise InvalidInput({"day": [f"閉庁日は1年に{MOST_PER_YEAR}日まで登録できます"]})


def _record(verb: str, body: Organization, day: date, actor: User) -> None:
    subject = Subject(type="organization", id=body.id, version=body.version)
    record(verb, subject, actor=actor, changes={"day": day.isoformat()})
