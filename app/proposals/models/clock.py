"""Clocks of a case (期限の時計): one row per run of a term, kept for ever."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

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
    run of the term carries `days_used`, the office days that were already used up.
    """

    __tablename__ = "case_clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    term: Mapped[Term] = mapped_column(stored_enum(Term, "term"))
    holder: Mapped[Holder] = mapped_column(stored_enum(Holder, "holder"))
    started_on: Mapped[date]
    office_days: Mapped[int | None]
    days_used: Mapped[int] = mapped_column(default=0)
    due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text, default="")
    # Closed days of the holder's own (団体の閉庁日) as they stood when the clock was started, ISO
    # date → name: a date that was told once does not move when a body changes its calendar.
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
    )
