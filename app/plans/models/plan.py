"""The plan of a candidate and what is written in it (共通化推進方針)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.candidates.models import Candidate
from app.extensions import ALWAYS_THERE, Base, stored_enum


class PlanStatus(StrEnum):
    """How a plan stands (方針の状況)."""

    DRAFT = "draft"  # 作成中: sections may be written
    SUBMITTED = "submitted"  # 提出済み: waits for comments and the lead's approval
    APPROVED = "approved"  # 承認済み: frozen until a new version is begun


class Plan(Base):
    """The plan of a candidate (共通化推進方針), one for each; `due_on` is announced (日付指定).

    `fiscal_year` is the one at whose end it was first due: a new version (改定) of a later year has
    a later `due_on`, and the years of the schedule stay. The sections are what is being written;
    what was submitted lies in the versions.
    """

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("candidate.id"), unique=True)
    fiscal_year: Mapped[int]
    due_on: Mapped[date]
    # Which headings it has (項目の版).
    outline_edition: Mapped[str] = mapped_column(String(20))
    status: Mapped[PlanStatus] = mapped_column(stored_enum(PlanStatus, "status"))
    started_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    started_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    candidate: Mapped[Candidate] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    started_by: Mapped[User] = relationship()
    sections: Mapped[list["PlanSection"]] = relationship(
        order_by="PlanSection.id", back_populates="plan"
    )

    __table_args__ = (
        CheckConstraint("fiscal_year BETWEEN 2019 AND 2100", name="fiscal_year"),
        Index("ix_plan_status_due_on", "status", "due_on"),
    )
    __mapper_args__ = {"version_id_col": version}

    def section(self, key: str) -> "PlanSection":
        """The section with this key (項目). Raises KeyError."""
        return {row.key: row for row in self.sections}[key]


class PlanSection(Base):
    """What stands under one heading now (項目の本文), with a version of its own.

    Two people write two sections without disturbing each other. `data` holds the comparison of
    costs and the schedule, which are written as a whole.
    """

    __tablename__ = "plan_section"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    key: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text, default="")
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    plan: Mapped[Plan] = relationship(back_populates="sections")
    written_by: Mapped[User | None] = relationship()

    __table_args__ = (
        UniqueConstraint("plan_id", "key"),
        CheckConstraint("(written_at IS NULL) = (written_by_id IS NULL)", name="written_complete"),
    )
    __mapper_args__ = {"version_id_col": version}
