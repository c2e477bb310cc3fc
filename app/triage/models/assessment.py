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
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.registers.models import RegisterEntry
from app.rounds.models import Category, GuideVersion, RubricVersion
from app.triage.models.departure import AssessmentDeparture
from app.triage.models.rating import AssessmentRating


class AssessmentStatus(StrEnum):
    """What became of an opinion (仕分け意見の状況)."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    DECIDED = "decided"
    SUPERSEDED = "superseded"


class Assessment(Base):
    """One reviewer's proposed category with reason and evidence (仕分け意見). Never overwritten.

    `answers` keeps the answers to the decision guide as they were given, `guide_version` the guide
    that was shown. `viewpoints` holds what the reviewer checked, by the name of the viewpoint. A
    blind second opinion (独立した2人目の意見) names the first one.
    """

    __tablename__ = "assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    # The absent reviewer the author stood in for (代理). No foreign key: SQLite could add one only
    # by building the table anew under its children.
    acting_for_id: Mapped[int | None]
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    reason: Mapped[str] = mapped_column(Text)
    # Why another class than in the round before (前の回と違う理由); none where nobody was asked.
    why_different: Mapped[str | None] = mapped_column(Text)
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    guide_version_id: Mapped[int | None] = mapped_column(ForeignKey("guide_version.id"))
    viewpoints: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    rubric_version_id: Mapped[int | None] = mapped_column(ForeignKey("rubric_version.id"))
    first_opinion_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"), unique=True)
    # Version of the suggestions the page worked out (候補の版); none where no desk was open, as in
    # a meeting: such an opinion says nothing of their quality.
    suggestions_version: Mapped[str | None] = mapped_column(String(16))
    status: Mapped[AssessmentStatus] = mapped_column(stored_enum(AssessmentStatus, "status"))
    created_at: Mapped[datetime]

    author: Mapped[User] = relationship(foreign_keys=author_id)
    acting_for: Mapped[User | None] = relationship(
        primaryjoin="foreign(Assessment.acting_for_id) == User.id", viewonly=True
    )
    category: Mapped[Category] = relationship()
    guide_version: Mapped[GuideVersion | None] = relationship(lazy="selectin")
    rubric_version: Mapped[RubricVersion | None] = relationship(lazy="selectin")
    ratings: Mapped[list[AssessmentRating]] = relationship(
        order_by=AssessmentRating.criterion, lazy="selectin"
    )
    evidence: Mapped[list["AssessmentEvidence"]] = relationship(
        order_by="AssessmentEvidence.register_entry_id", lazy="selectin"
    )
    departures: Mapped[list[AssessmentDeparture]] = relationship(
        order_by=AssessmentDeparture.proposal_id
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

    @property
    def author_words(self) -> str:
        """Who wrote it, a deputy with the person stood in for: 「B（A代理）」 (意見を書いた人)."""
        name = self.author.display_name
        return f"{name}（{self.acting_for.display_name}代理）" if self.acting_for else name


class AssessmentEvidence(Base):
    """Register row an opinion rests on, with the words of the proposal that meet it (根拠)."""

    __tablename__ = "assessment_evidence"

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), primary_key=True)
    register_entry_id: Mapped[int] = mapped_column(
        ForeignKey("register_entry.id"), primary_key=True
    )
    quote: Mapped[str] = mapped_column(Text)

    register_entry: Mapped[RegisterEntry] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)


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
