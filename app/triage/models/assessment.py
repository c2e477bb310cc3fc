"""Opinions, their evidence and the second person's decision (仕分け意見・根拠・二次確認)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.registers.models import RegisterEntry
from app.rounds.models import Category


class AssessmentStatus(StrEnum):
    """What became of an opinion (仕分け意見の状況)."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    DECIDED = "decided"
    SUPERSEDED = "superseded"


class Assessment(Base):
    """One reviewer's proposed category with reason and evidence (仕分け意見). Never overwritten.

    `answers` keeps the answers to the decision guide as they were given.
    """

    __tablename__ = "assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    reason: Mapped[str] = mapped_column(Text)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[AssessmentStatus] = mapped_column(stored_enum(AssessmentStatus, "status"))
    created_at: Mapped[datetime]

    author: Mapped[User] = relationship()
    category: Mapped[Category] = relationship()
    evidence: Mapped[list["AssessmentEvidence"]] = relationship(
        order_by="AssessmentEvidence.register_entry_id", lazy="selectin"
    )
    decision: Mapped["AssessmentDecision | None"] = relationship(back_populates="assessment")

    __table_args__ = (
        UniqueConstraint("id", "author_id"),
        # One opinion at a time waits for the second person.
        Index(
            "uq_assessment_open",
            "proposal_id",
            unique=True,
            sqlite_where=text("status = 'open'"),
            postgresql_where=text("status = 'open'"),
        ),
        Index("ix_assessment_proposal_id_id", "proposal_id", "id"),
    )


class AssessmentEvidence(Base):
    """Register row an opinion rests on, with the words of the proposal that meet it (根拠)."""

    __tablename__ = "assessment_evidence"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    register_entry_id: Mapped[int] = mapped_column(
        ForeignKey("register_entry.id"), primary_key=True
    )
    quote: Mapped[str] = mapped_column(Text)

    register_entry: Mapped[RegisterEntry] = relationship(lazy="joined", innerjoin=True)


class DecisionKind(StrEnum):
    """What the second person said (二次確認の結果)."""

    CONFIRM = "confirm"
    DISPUTE = "dispute"


class AssessmentDecision(Base):
    """The second person's word on an opinion (二次確認・異議).

    The database itself refuses a decision on one's own opinion: the author is part of the key.
    """

    __tablename__ = "assessment_decision"

    assessment_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    author_id: Mapped[int] = mapped_column()
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[DecisionKind] = mapped_column(stored_enum(DecisionKind, "kind"))
    # The category the dispute asks for instead.
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    note: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime]

    assessment: Mapped[Assessment] = relationship(
        back_populates="decision", foreign_keys=[assessment_id, author_id]
    )
    decided_by: Mapped[User] = relationship(foreign_keys=decided_by_id)
    category: Mapped[Category | None] = relationship()

    __table_args__ = (
        ForeignKeyConstraint(
            ["assessment_id", "author_id"], ["assessment.id", "assessment.author_id"]
        ),
        CheckConstraint("decided_by_id <> author_id", name="second_person"),
        CheckConstraint("(kind = 'dispute') = (category_id IS NOT NULL)", name="other_category"),
    )
