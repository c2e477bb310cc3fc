"""Assignments, assessments, their evidence and the second person's decision (仕分け)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.proposals.models import Proposal
from app.registers.models import RegisterEntry
from app.rounds.models import Category


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
    )


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


class CheckVerdict(StrEnum):
    """What an officer found at a line of the form check (確認の結果)."""

    OK = "ok"
    PROBLEM = "problem"
    WAIVED = "waived"


class FormCheckMark(Base):
    """Mark of an officer at one line of the form check of one submission (確認の印).

    `item` is the key of the line in `checklist`. Each submission is checked anew.
    """

    __tablename__ = "form_check_mark"

    proposal_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    verdict: Mapped[CheckVerdict] = mapped_column(stored_enum(CheckVerdict, "verdict"))
    reason: Mapped[str] = mapped_column(Text)
    marked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    marked_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    marked_by: Mapped[User] = relationship()

    __table_args__ = (
        ForeignKeyConstraint(
            ["proposal_id", "revision_number"],
            ["proposal_revision.proposal_id", "proposal_revision.number"],
            name="fk_form_check_mark_proposal_revision",
        ),
        CheckConstraint("verdict <> 'waived' OR reason <> ''", name="waived_with_reason"),
    )
    __mapper_args__ = {"version_id_col": version}
