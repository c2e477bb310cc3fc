"""What other processes decided, and notes for later study (後続対応の記録)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.proposals.models import Proposal
from app.registers.models import RegisterEntry


class OutcomeStatus(StrEnum):
    """How far the other process is with a row (他の手続の状況)."""

    UNDER_REVIEW = "under_review"
    REALIZED = "realized"
    PARTLY_REALIZED = "partly_realized"
    NOT_REALIZED = "not_realized"
    WITHDRAWN = "withdrawn"


OUTCOME_STATUS_LABELS: dict[OutcomeStatus, str] = {
    OutcomeStatus.UNDER_REVIEW: "検討中",
    OutcomeStatus.REALIZED: "実現",
    OutcomeStatus.PARTLY_REALIZED: "一部実現",
    OutcomeStatus.NOT_REALIZED: "実現できない",
    OutcomeStatus.WITHDRAWN: "取下げ",
}


class OtherProcessOutcome(Base):
    """What the other process says of a register row (他の手続の結果), once for all its cases.

    Never overwritten: a change is the next `number`, the last one counts.
    """

    __tablename__ = "other_process_outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    register_entry_id: Mapped[int] = mapped_column(ForeignKey("register_entry.id"))
    number: Mapped[int]
    status: Mapped[OutcomeStatus] = mapped_column(stored_enum(OutcomeStatus, "status"))
    text: Mapped[str] = mapped_column(Text)
    # The day of the decision in that process (決定日), None while it is under review.
    decided_on: Mapped[date | None]
    # Where it can be read (出典): a paper and its page, or an address.
    source: Mapped[str] = mapped_column(String(300))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]

    register_entry: Mapped[RegisterEntry] = relationship()
    recorded_by: Mapped[User] = relationship()

    __table_args__ = (
        UniqueConstraint("register_entry_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("status = 'under_review' OR decided_on IS NOT NULL", name="decided_on"),
    )


class StudyNote(Base):
    """What later study of a case should look at (後年度の検討に向けたメモ), for the F-6 list."""

    __tablename__ = "study_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), unique=True)
    text: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    proposal: Mapped[Proposal] = relationship()
    written_by: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}
