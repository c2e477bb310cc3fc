"""Closed days and years that the administrator enters (臨時の閉庁日・確定した年).

The tables are kept here, below every feature, because every deadline is reckoned with them; the
acts on them belong to the feature of the deadlines.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.calendar import LAST_VALID_YEAR, OfficeCalendar
from app.extensions import Base, db

_CACHE = "office_calendar"


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


def forget_calendar() -> None:
    """Have the calendar read anew (暦の読み直し): after a closed day or a year was entered."""
    db.session.info.pop(_CACHE, None)


def _read_calendar() -> OfficeCalendar:
    rows = db.session.execute(
        select(ClosingDay.day, ClosingDay.name).where(ClosingDay.withdrawn_at.is_(None))
    )
    names = {row.day: row.name for row in rows}
    confirmed = set(db.session.scalars(select(CalendarYear.year)))
    last = LAST_VALID_YEAR
    while last + 1 in confirmed:
        last += 1
    return OfficeCalendar(extra_closed=frozenset(names), last_valid_year=last, names=names)
