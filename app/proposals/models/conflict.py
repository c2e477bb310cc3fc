"""Conflicts of interest (利益相反)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Text, and_, or_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organization, User
from app.core import clock
from app.extensions import Base, stored_enum
from app.proposals.models.case import Proposal


class ConflictKind(StrEnum):
    """Where a conflict comes from (利益相反の種類)."""

    DECLARED = "declared"
    SECONDED = "seconded"


class ConflictOfInterest(Base):
    """A user who must not touch a case, or any case of a body (利益相反).

    `until` is the last day it holds, None for no end. A seconded officer (出向) has one for the
    body. One that was ended is kept with its reason. `declared_at` and `declared_by_id` are None
    for one that came with the accounts.
    """

    __tablename__ = "conflict_of_interest"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"), index=True)
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), index=True)
    kind: Mapped[ConflictKind] = mapped_column(stored_enum(ConflictKind, "kind"))
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[date | None]
    # No foreign keys on what came later: SQLite could add one only by building the table anew.
    declared_at: Mapped[datetime | None]
    declared_by_id: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None]
    end_reason: Mapped[str | None] = mapped_column(Text)

    user: Mapped[User] = relationship(foreign_keys=user_id)
    organization: Mapped[Organization | None] = relationship(foreign_keys=organization_id)
    proposal: Mapped[Proposal | None] = relationship(foreign_keys=proposal_id)

    __table_args__ = (
        CheckConstraint("(organization_id IS NULL) <> (proposal_id IS NULL)", name="one_subject"),
    )

    @classmethod
    def in_force(cls) -> ColumnElement[bool]:
        """Condition for the conflicts that hold today (効力のある利益相反)."""
        return and_(cls.ended_at.is_(None), or_(cls.until.is_(None), cls.until >= clock.today()))

    @property
    def is_in_force(self) -> bool:
        """Whether it holds today; `in_force` for one row."""
        return self.ended_at is None and (self.until is None or self.until >= clock.today())
