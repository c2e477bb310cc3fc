"""Pledging for a year, and telling whose year ends (研修・誓約、期限の知らせ)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.accounts.models import User
from app.attestations.models import Attestation
from app.attestations.queries import SOON, accounts
from app.attestations.texts import current_text
from app.audit.services import Subject, record
from app.core import clock
from app.core.closing_days import office_calendar
from app.core.eras import format_date
from app.core.errors import InvalidInput
from app.extensions import db
from app.notifications.services import enqueue

LETTER = "attestation_due"
NOT_AGREED = "内容を確かめ、「確かめて誓約します」に印を付けてください"
NEW_TEXT = "誓約の文が新しくなりました。下の文を確かめて、もう一度押してください"
FEBRUARY = 2
LEAP_DAY = 29


@dataclass(frozen=True, kw_only=True)
class Attest:
    """What a person pledges (誓約): the version of the text that was shown."""

    text_version: int
    agrees: bool


def attest(user: User, command: Attest) -> Attestation:
    """Pledge for a year from today (研修・誓約). Raises InvalidInput."""
    if command.text_version != current_text().version:
        raise InvalidInput({"agrees": [NEW_TEXT]})
    if not command.agrees:
        raise InvalidInput({"agrees": [NOT_AGREED]})
    made = Attestation(
        user_id=user.id,
        text_version=command.text_version,
        attested_at=clock.now(),
        valid_until=year_from(clock.today()),
    )
    db.session.add(made)
    user.attested_until = made.valid_until
    db.session.flush()
    record(
        "attestation.give",
        Subject(type="user", id=user.id),
        actor=user,
        changes={"text_version": made.text_version, "until": made.valid_until.isoformat()},
    )
    return made


def year_from(day: date) -> date:
    """Last day of a year from a day (1年の末日): the one before its 応当日 (民法143条)."""
    is_leap_day = (day.month, day.day) == (FEBRUARY, LEAP_DAY)
    return date(day.year + 1, 2, 28) if is_leap_day else _next_year(day) - timedelta(days=1)


def _next_year(day: date) -> date:
    return day.replace(year=day.year + 1)


def tell_soon_over(moment: datetime) -> int:
    """Write to whoever's year ends within 30 days (誓約の期限の知らせ); how many are new.

    Once for each end, on office days.
    """
    if not office_calendar().is_office_day(clock.to_jst(moment).date()):
        return 0
    people = db.session.scalars(accounts(SOON).order_by(User.id)).unique().all()
    return sum(_tell(person) for person in people)


def _tell(person: User) -> int:
    if person.attested_until is None:
        return 0
    return enqueue(
        LETTER,
        [person],
        key=f"{LETTER}:{person.attested_until.isoformat()}",
        path="/account/attestation",
        last_day=format_date(person.attested_until),
    )
