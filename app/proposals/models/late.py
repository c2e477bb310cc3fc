"""Submissions after the end of a round (期限後受付)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.proposals.models.access_code import LateAccessCode
from app.proposals.models.case import Proposal


class LateDecision(StrEnum):
    """What a lead decided on a late submission (期限後受付の可否)."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class LateSubmission(Base):
    """A submission that came after the end and waits for a lead (期限後の提出)."""

    __tablename__ = "late_submission"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    decision: Mapped[LateDecision | None] = mapped_column(stored_enum(LateDecision, "decision"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    # 期限後提出コード that let it in without waiting; None where a lead judged this very case.
    access_code_id: Mapped[int | None] = mapped_column(ForeignKey("late_access_code.id"))

    proposal: Mapped[Proposal] = relationship()
    requested_by: Mapped[User] = relationship(foreign_keys=requested_by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)
    access_code: Mapped[LateAccessCode | None] = relationship()

    __table_args__ = (
        CheckConstraint(
            "(decision IS NULL) = (decided_by_id IS NULL)"
            " AND (decision IS NULL) = (decided_at IS NULL)",
            name="decision_complete",
        ),
        Index(
            "uq_late_submission_waiting",
            "proposal_id",
            unique=True,
            sqlite_where=text("decision IS NULL"),
            postgresql_where=text("decision IS NULL"),
        ),
    )
