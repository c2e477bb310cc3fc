"""Public copies of cases (公表), and what their bodies agreed to (団体名の公表の同意)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.proposals.models.case import Proposal
from app.rounds.models import Round


class PublicationStatus(StrEnum):
    """What became of a public copy (公表の状況). Whether it is seen already derives from the clock.

    A prepared copy waits for the second person; a published one is seen from `publishes_at` on.
    """

    PREPARED = "prepared"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


class PublicState(StrEnum):
    """State of a case in the words of the public (公表用の状態)."""

    UNDER_REVIEW = "under_review"
    ANSWERED = "answered"
    CANDIDATE = "candidate"
    CLOSED = "closed"


class Publication(Base):
    """One version of the public copy of a case (公表), all that the public ever reads of it.

    `content` is a copy: what changes in the case afterwards is not seen before a next version is
    published. The columns beside it are for filters. Never changed once published, but for
    `is_named` and `shows_view`, which fall with the consent of the body.
    """

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    receipt_number: Mapped[str] = mapped_column(String(16), index=True)
    number: Mapped[int]
    status: Mapped[PublicationStatus] = mapped_column(
        stored_enum(PublicationStatus, "publication_status")
    )
    public_state: Mapped[PublicState] = mapped_column(stored_enum(PublicState, "public_state"))
    category_code: Mapped[str] = mapped_column(String(20))
    ministry: Mapped[str] = mapped_column(String(100))
    is_named: Mapped[bool]
    shows_view: Mapped[bool]
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    # Folded text of the copy (検索キー), nothing of the case itself.
    search_key: Mapped[str] = mapped_column(Text)
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    prepared_at: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime | None]
    # The announced hour (公表の日時): not a second before.
    publishes_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column()

    proposal: Mapped[Proposal] = relationship()
    round: Mapped[Round] = relationship()
    prepared_by: Mapped[User] = relationship(foreign_keys=prepared_by_id)
    published_by: Mapped[User | None] = relationship(foreign_keys=published_by_id)
    ended_by: Mapped[User | None] = relationship(foreign_keys=ended_by_id)

    __table_args__ = (
        UniqueConstraint("proposal_id", "number"),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("published_by_id <> prepared_by_id", name="two_people"),
        CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL)"
            " AND (published_at IS NULL) = (publishes_at IS NULL)",
            name="published_complete",
        ),
        CheckConstraint(
            "status NOT IN ('published', 'withdrawn') OR published_at IS NOT NULL",
            name="published_when_public",
        ),
        CheckConstraint(
            "(status IN ('withdrawn', 'discarded')) = (ended_at IS NOT NULL)"
            " AND (ended_at IS NULL) = (ended_by_id IS NULL)",
            name="ended_complete",
        ),
        # One copy of a case waits at a time.
        Index(
            "uq_publication_prepared",
            "proposal_id",
            unique=True,
            sqlite_where=text("status = 'prepared'"),
            postgresql_where=text("status = 'prepared'"),
        ),
        Index("ix_publication_status_publishes_at", "status", "publishes_at"),
    )
    __mapper_args__ = {"version_id_col": version}

    @property
    def body_words(self) -> str:
        """Name of the body with its consent, its type without (団体名・団体種別)."""
        return str(self.content["body" if self.is_named else "body_type"])


class PublicationConsent(Base):
    """What the proposing body agrees to (公表の同意); without a row it agreed to neither."""

    __tablename__ = "publication_consent"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    # Its name may stand on the public page (団体名), and what it said to the reply (見解).
    is_named: Mapped[bool]
    shows_view: Mapped[bool]
    given_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    given_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    given_by: Mapped[User] = relationship()

    __mapper_args__ = {"version_id_col": version}
