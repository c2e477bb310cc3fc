"""What became of due dates (期限の変更): moved dates, and requests for a later one."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.proposals.models import CaseClock, Proposal


class ChangeKind(StrEnum):
    """Why a due date moved (期限が動いたわけ)."""

    EXTENSION = "extension"
    CALENDAR = "calendar"
    RULE = "rule"


class DeadlineChange(Base):
    """One move of the due date of one clock (期限の変更); never deleted, never edited."""

    __tablename__ = "deadline_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("case_clock.id"), index=True)
    kind: Mapped[ChangeKind] = mapped_column(stored_enum(ChangeKind, "deadline_change_kind"))
    old_due_on: Mapped[date]
    new_due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    # Days that were closed or opened again (ISO dates); empty unless the calendar moved it.
    closing_days: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Length of the term before and after a change of the rule, in office days.
    old_office_days: Mapped[int | None]
    new_office_days: Mapped[int | None]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[datetime]

    asked_by: Mapped[User | None] = relationship(foreign_keys=asked_by_id)
    decided_by: Mapped[User] = relationship(foreign_keys=decided_by_id)

    __table_args__ = (CheckConstraint("old_due_on <> new_due_on", name="moved"),)


class ExtensionRequest(Base):
    """A request for a later date (期限延長の申請), open until a lead decides or the clock ends."""

    __tablename__ = "extension_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey("case_clock.id"))
    wanted_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    is_approved: Mapped[bool | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")

    proposal: Mapped[Proposal] = relationship()
    clock: Mapped[CaseClock] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)

    __table_args__ = (
        CheckConstraint(
            "(decided_at IS NULL) = (is_approved IS NULL)"
            " AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name="decision_complete",
        ),
        # One clock, one waiting request: whoever decides decides about all that was asked.
        Index(
            "uq_extension_request_waiting",
            "clock_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )
