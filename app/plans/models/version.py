"""Submitted versions of a plan and what is said to them (方針の版・意見)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.plans.models.plan import Plan


class VersionDecision(StrEnum):
    """What the lead decided on a version (版の決定)."""

    APPROVED = "approved"  # 承認
    RETURNED = "returned"  # 差戻し


class PlanVersion(Base):
    """A plan as it was submitted (方針の版): all sections, costs and schedule, never changed.

    Only the decision is added, once. `writer_ids` are those who wrote in it: none of them decides.
    """

    __tablename__ = "plan_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    writer_ids: Mapped[list[int]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    submitted_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime]
    decision: Mapped[VersionDecision | None] = mapped_column(
        stored_enum(VersionDecision, "decision")
    )
    decision_reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]

    plan: Mapped[Plan] = relationship()
    submitted_by: Mapped[User] = relationship(foreign_keys=submitted_by_id)
    decided_by: Mapped[User | None] = relationship(foreign_keys=decided_by_id)
    comments: Mapped[list["PlanComment"]] = relationship(
        order_by="PlanComment.id", back_populates="plan_version"
    )

    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint(
            "(decision IS NULL) = (decided_by_id IS NULL)"
            " AND (decision IS NULL) = (decided_at IS NULL)",
            name="decision_complete",
        ),
        CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> submitted_by_id", name="two_people"
        ),
    )


class PlanComment(Base):
    """What an association or the secretariat says to a version (意見), and the answer to it.

    `section_key` "" is about the whole plan.
    """

    __tablename__ = "plan_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_version_id: Mapped[int] = mapped_column(ForeignKey("plan_version.id"), index=True)
    section_key: Mapped[str] = mapped_column(String(40), default="")
    text: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    plan_version: Mapped[PlanVersion] = relationship(back_populates="comments")
    written_by: Mapped[User] = relationship(foreign_keys=written_by_id)
    answered_by: Mapped[User | None] = relationship(foreign_keys=answered_by_id)

    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answered_by_id IS NULL)", name="answer_complete"),
    )
    __mapper_args__ = {"version_id_col": version}
