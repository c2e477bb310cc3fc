"""Conflicts of interest (利益相反)."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base, stored_enum


class ConflictKind(StrEnum):
    """Where a conflict comes from (利益相反の種類)."""

    DECLARED = "declared"
    SECONDED = "seconded"


class ConflictOfInterest(Base):
    """A user who must not touch a case, or any case of a body (利益相反).

    `until` is the last day it holds, None for no end. A seconded officer (出向) has one for the
    body.
    """

    __tablename__ = "conflict_of_interest"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    kind: Mapped[ConflictKind] = mapped_column(stored_enum(ConflictKind, "kind"))
    reason: Mapped[str] = mapped_column(Text)
    until: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("(organization_id IS NULL) <> (proposal_id IS NULL)", name="one_subject"),
    )
