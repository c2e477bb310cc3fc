"""Who reviews a case (担当割当)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base
from app.proposals.models import Proposal


class Assignment(Base):
    """A reviewer on a case (担当割当), with the day the opinion is due."""

    __tablename__ = "assignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    assigned_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    assigned_at: Mapped[datetime]
    due_on: Mapped[date]
    ended_at: Mapped[datetime | None]

    proposal: Mapped[Proposal] = relationship()
    reviewer: Mapped[User] = relationship(foreign_keys=reviewer_id)

    __table_args__ = (
        Index(
            "uq_assignment_current",
            "proposal_id",
            "reviewer_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_assignment_reviewer_id_ended_at", "reviewer_id", "ended_at"),
        # The unique index above holds those in force alone; pages tell of the ended ones too.
        Index("ix_assignment_proposal_id", "proposal_id"),
    )
