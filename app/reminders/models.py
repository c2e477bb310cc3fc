"""What became overdue, what went up to the leads, how a person is told (期限超過・知らせ方)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Base
from app.handoffs.models import Handoff, HandoffDue
from app.proposals.models import CaseClock, Proposal


class OverdueEvent(Base):
    """One deadline that was missed (期限超過の記録), with the day on which it truly happened.

    Never taken back: a date that is moved later on has been missed all the same (期限の延長).
    """

    __tablename__ = "overdue_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("case_clock.id"))
    # The due date that was in force when it passed.
    due_on: Mapped[date]
    became_overdue_on: Mapped[date]
    recorded_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("clock_id", "due_on"),)


class Escalation(Base):
    """One deadline that was missed by so long that the leads are told (総括への報告)."""

    __tablename__ = "escalation"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("case_clock.id"))
    due_on: Mapped[date]
    # The office day on which it went up, however late it was written down.
    escalated_on: Mapped[date]

    proposal: Mapped[Proposal] = relationship()
    clock: Mapped[CaseClock] = relationship()

    __table_args__ = (UniqueConstraint("clock_id", "due_on"),)


class NoticePreference(Base):
    """How a person wants to be told (知らせの受け取り方); who never chose has no row.

    The page of news is always on: only the mail beside it can be left out.
    """

    __tablename__ = "notice_preference"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True, autoincrement=False
    )
    is_digest_mailed: Mapped[bool]
    changed_at: Mapped[datetime]


class HandoffOverdueEvent(Base):
    """One date of a hand-off that was missed (送付の期限超過の記録), with the true day.

    The case keeps one clock for all its hand-offs, so each hand-off has its own trace here.
    """

    __tablename__ = "handoff_overdue_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoff.id"), index=True)
    # The date that was in force when it passed.
    due_id: Mapped[int] = mapped_column(ForeignKey("handoff_due.id"), unique=True)
    became_overdue_on: Mapped[date]
    recorded_at: Mapped[datetime]


class HandoffEscalation(Base):
    """One date of a hand-off missed by so long that the leads are told (総括への報告)."""

    __tablename__ = "handoff_escalation"

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoff.id"), index=True)
    due_id: Mapped[int] = mapped_column(ForeignKey("handoff_due.id"), unique=True)
    # The office day on which it went up, however late it was written down.
    escalated_on: Mapped[date]

    handoff: Mapped[Handoff] = relationship()
    due: Mapped[HandoffDue] = relationship()
