"""Who is at work on a case, who passed it over, what is half written (着手・後回し・下書き)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.proposals.models import Proposal


class Pile(StrEnum):
    """Kind of work, as the desk sorts it (仕事の種類)."""

    FORM_CHECK = "form_check"
    ASSIGNMENT = "assignment"
    REVIEW = "review"
    CONFIRMATION = "confirmation"
    SECOND_DISPUTE = "second_dispute"
    REVISIT = "revisit"


class Release(StrEnum):
    """How a claim ended (着手の終わり方)."""

    DONE = "done"
    RETURNED = "returned"
    SKIPPED = "skipped"
    TAKEN_OVER = "taken_over"
    EXPIRED = "expired"
    # Somebody else moved the case on, or it went to other hands.
    OVERTAKEN = "overtaken"


class CaseClaim(Base):
    """A person at work on a case (着手): nobody else is given it as 次の1件 meanwhile.

    In force until it is released or `expires_at` has passed. It blocks nothing else: who may act
    is decided by the policies, who was first by the version of the case.
    """

    __tablename__ = "case_claim"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    pile: Mapped[Pile] = mapped_column(stored_enum(Pile, "pile"))
    claimed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    release: Mapped[Release | None] = mapped_column(stored_enum(Release, "release"))

    user: Mapped[User] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    proposal: Mapped[Proposal] = relationship()

    __table_args__ = (
        CheckConstraint("(released_at IS NULL) = (release IS NULL)", name="released_somehow"),
        # One person at a time: whoever comes second is given the next case.
        Index(
            "uq_case_claim_current",
            "proposal_id",
            unique=True,
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
        Index("ix_case_claim_user_id_released_at", "user_id", "released_at"),
    )


class CaseSkip(Base):
    """A case that one person put behind the others for some days (後回し); nobody else notices.

    The dates of the case stay as they are. It stands in the person's pile again on `until`.
    """

    __tablename__ = "case_skip"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    skipped_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    proposal: Mapped[Proposal] = relationship()

    __table_args__ = (
        Index(
            "uq_case_skip_current",
            "proposal_id",
            "user_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_case_skip_user_id_ended_at", "user_id", "ended_at"),
    )


class OpinionDraft(Base):
    """A half-written opinion of one person (仕分け意見の下書き): nobody else ever reads it.

    `fields` holds the fields of the form as they were sent, as (name, text) pairs; `case_version`
    is the version of the case that was looked at.
    """

    __tablename__ = "opinion_draft"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    fields: Mapped[list[list[str]]] = mapped_column(JSON)
    case_version: Mapped[int]
    saved_at: Mapped[datetime]
