"""Dates a candidate shall keep (節目) and what the ministry reports of it (進捗報告)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.workflow.candidates import CandidateState, ProgressStatus


class CandidateMilestone(Base):
    """A state a candidate shall come to by a day, and the day it did (節目).

    One for a state: a candidate that is studied again (個別協議) gets its date anew, and the first
    one is told by the history.
    """

    __tablename__ = "candidate_milestone"

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"))
    state: Mapped[CandidateState] = mapped_column(stored_enum(CandidateState, "state"))
    planned_on: Mapped[date | None]
    reached_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        UniqueConstraint("candidate_id", "state"),
        CheckConstraint("planned_on IS NOT NULL OR reached_on IS NOT NULL", name="has_date"),
    )


class ProgressReport(Base):
    """What is reported after an agreement, at regular dates (進捗報告). Never changed."""

    __tablename__ = "progress_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), index=True)
    status: Mapped[ProgressStatus] = mapped_column(stored_enum(ProgressStatus, "status"))
    text: Mapped[str] = mapped_column(Text)
    reported_on: Mapped[date]
    # When the next one is due: they go on until the service begins (提供開始).
    next_on: Mapped[date | None]
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]

    reported_by: Mapped[User] = relationship()

    __table_args__ = (
        CheckConstraint("next_on IS NULL OR next_on > reported_on", name="next_after"),
    )
