"""Clocks of a case (期限の時計): one row per run of a term, kept for ever."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.extensions import Base, stored_enum
from app.workflow.terms import Holder, Term


class ClockEnd(StrEnum):
    """Why a clock no longer runs (時計の終わり方)."""

    DONE = "done"
    STOPPED = "stopped"
    REPLACED = "replaced"


class CaseClock(Base):
    """One run of one term (期限の時計).

    A period clock has `office_days`; an announced one (日付指定) has none. After a stop the next
    run of the term carries `days_used`, the office days that were already used up, and the length
    of the run it goes on from. Once extended (期限の延長), `due_on` is a date that was named: it
    stands also when the calendar changes.
    """

    __tablename__ = "case_clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    term: Mapped[Term] = mapped_column(stored_enum(Term, "term"))
    holder: Mapped[Holder] = mapped_column(stored_enum(Holder, "holder"))
    started_on: Mapped[date]
    # The instant of the start; where runs follow one another, the end of the one before.
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    # The stopped run that this one goes on from (再開前の時計). No foreign key: SQLite could add
    # one only by building the table anew.
    continues_id: Mapped[int | None]
    office_days: Mapped[int | None]
    days_used: Mapped[int] = mapped_column(default=0)
    due_on: Mapped[date]
    is_extended: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    # Closed days beside those of the law (臨時・団体の閉庁日) from start to due date, as they stood
    # when the date was reckoned, ISO date → name: they explain the date for ever. A body that
    # changes its calendar moves no date that was told; see docs/decisions/0037.
    own_closures: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    ended_at: Mapped[datetime | None]
    end: Mapped[ClockEnd | None] = mapped_column(stored_enum(ClockEnd, "end"))

    __table_args__ = (
        CheckConstraint('(ended_at IS NULL) = ("end" IS NULL)', name="end_complete"),
        CheckConstraint("days_used >= 0", name="days_used"),
        # One case, one running clock: whose move it is, is never two answers.
        Index(
            "uq_case_clock_running",
            "proposal_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_case_clock_proposal_id_id", "proposal_id", "id"),
        # The few that are counted as extended (期限の延長).
        Index(
            "ix_case_clock_extended",
            "proposal_id",
            sqlite_where=text("ended_at IS NULL AND is_extended = 1"),
            postgresql_where=text("ended_at IS NULL AND is_extended"),
        ),
    )
