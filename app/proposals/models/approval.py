"""Sign-off inside the proposing body (決裁): who asked, who decided, and on which text."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.proposals.models.case import Proposal


class ApprovalDecision(StrEnum):
    """How a request for approval ended (決裁の結果)."""

    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ApprovalRequest(Base):
    """One request for approval of one text (決裁の依頼); the text is locked while it waits.

    `content_hash` names the text exactly: an approval holds for no other one.
    """

    __tablename__ = "approval_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    # A draft that is thrown away takes its requests along; the trail keeps them.
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), index=True
    )
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(Text, default="")
    proposal_version: Mapped[int]
    content_hash: Mapped[str] = mapped_column(String(64))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[ApprovalDecision | None] = mapped_column(
        stored_enum(ApprovalDecision, "decision")
    )
    reason: Mapped[str] = mapped_column(Text, default="")

    proposal: Mapped[Proposal] = relationship()
    requested_by: Mapped[User] = relationship(foreign_keys=requested_by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)

    __table_args__ = (
        CheckConstraint(
            "(decision IS NULL) = (decided_by_id IS NULL)"
            " AND (decision IS NULL) = (decided_at IS NULL)",
            name="decision_complete",
        ),
        # Nobody approves what they asked for themselves (P29).
        CheckConstraint(
            "decision IS NULL OR decision <> 'approved' OR decided_by_id <> requested_by_id",
            name="two_people",
        ),
        Index(
            "uq_approval_request_waiting",
            "proposal_id",
            unique=True,
            sqlite_where=text("decision IS NULL"),
            postgresql_where=text("decision IS NULL"),
        ),
    )
