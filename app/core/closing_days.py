"""Closed days and years that the administrator enters (臨時の閉庁日・確定した年).

The tables are kept here, below every feature, because every deadline is reckoned with them; the
acts on them belong to the feature of the deadlines.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    ForeignKey,
    Index,
    String,
    Text,
    func,
    null,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.core.calendar import LAST_VALID_YEAR, OfficeCalendar
from app.extensions import Base, db

_CACHE = "office_calendar"
_SETTLED = "settled_calendar"
# Number of the lock that stands for the calendar (PostgreSQL); any one that nobody else takes.
_LOCK_NUMBER = 26


class ClosingDay(Base):
    """A day on which every office is closed beside the days of the law (臨時の閉庁日).

    A holiday of one year made by a law of its own (即位の日), or a closing of the office. One that
    was a mistake is withdrawn, never deleted.
    """

    __tablename__ = "closing_day"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    name: Mapped[str] = mapped_column(String(50))
    # What it rests on (根拠): the law, or the decision of the office.
    basis: Mapped[str] = mapped_column(Text)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        Index(
            "uq_closing_day_in_force",
            "day",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )


class CalendarYear(Base):
    """A year, after the last built in, whose holidays were announced and checked (暦の確定)."""

    __tablename__ = "calendar_year"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    basis: Mapped[str] = mapped_column(Text)
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime]


def office_calendar() -> OfficeCalendar:
    """The calendar of the secretariat and the ministries as it stands (開庁日の暦).

    National closed days with the ones entered, up to the last year that is confirmed without a gap.
    Read once a session; see `forget_calendar`.
    """
    cached = db.session.info.get(_CACHE)
    if cached is None:
        cached = db.session.info[_CACHE] = _read_calendar()
    calendar: OfficeCalendar = cached
    return calendar


def settled_calendar() -> OfficeCalendar:
    """The calendar by which a date is reckoned that will stand (期限を決める暦).

    Read anew, and kept as it is until the transaction ends: a day that is closed by another one
    meanwhile waits for it, and then finds the date. Else the new date would miss that day.
    """
    transaction = db.session.get_transaction()
    if transaction is None or db.session.info.get(_SETTLED) is not transaction:
        _wait_for_calendar(func.pg_advisory_xact_lock_shared)
        forget_calendar()
        db.session.info[_SETTLED] = db.session.get_transaction()
    return office_calendar()


def take_calendar() -> None:
    """Have the calendar to oneself until the transaction ends, to change it (暦の変更).

    To be called before the dates are read that the change will move, and before any case is locked.
    """
    _wait_for_calendar(func.pg_advisory_xact_lock)
    forget_calendar()


def _wait_for_calendar(lock: Callable[[int], ColumnElement[Any]]) -> None:
    # On SQLite one transaction writes at a time: it has the calendar to itself as it is.
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(select(lock(_LOCK_NUMBER)))


def forget_calendar() -> None:
    """Have the calendar read anew (暦の読み直し): after a closed day or a year was entered."""
    db.session.info.pop(_CACHE, None)


def _read_calendar() -> OfficeCalendar:
    rows = db.session.execute(_days_and_years()).all()
    names = {row.day: row.name for row in rows if row.year is None}
    confirmed = {row.year for row in rows if row.year is not None}
    last = LAST_VALID_YEAR
    while last + 1 in confirmed:
        last += 1
    return OfficeCalendar(extra_closed=frozenset(names), last_valid_year=last, names=names)


# In one question, whose words are made once: nearly every page asks for the calendar.
@cache
def _days_and_years() -> CompoundSelect[date, str, None]:
    days = select(ClosingDay.day, ClosingDay.name, null().label("year")).where(
        ClosingDay.withdrawn_at.is_(None)
    )
    years = select(null().label("day"), null().label("name"), CalendarYear.year)
    return days.union_all(years)
