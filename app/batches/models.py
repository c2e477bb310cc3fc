"""Texts of requests (依頼の文面), and what a batch holds before and after its sending."""

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

from app.accounts.models import Organization, User
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.handoffs.models import HandoffBatch
from app.proposals.models import Proposal
from app.rounds.models import Category, Scheme
from app.workflow.handoffs import HandoffPart

LONGEST_BODY = 4000  # characters


class TextKind(StrEnum):
    """What a text is for (文面の種類): request, information, or the letter on top of them."""

    REQUEST = "request"
    INFORMATION = "information"
    COVER_LETTER = "cover_letter"


class RequestTemplate(Base):
    """One version of a text with placeholders (依頼の文面); the highest number is in force.

    Without a category it is for every class of the scheme that has none of its own. An empty `body`
    says that from here on there is no own text any more (分類ごとの文面の廃止).
    """

    __tablename__ = "request_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    scheme_id: Mapped[int] = mapped_column(ForeignKey("scheme.id"))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    kind: Mapped[TextKind] = mapped_column(stored_enum(TextKind, "kind"))
    number: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime]

    scheme: Mapped[Scheme] = relationship()
    category: Mapped[Category | None] = relationship()
    written_by: Mapped[User] = relationship()

    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("kind <> 'cover_letter' OR category_id IS NULL", name="one_cover_letter"),
        # Two people who write at the same time: the second one is refused.
        UniqueConstraint("scheme_id", "category_id", "kind", "number"),
        Index(
            "uq_request_template_default",
            "scheme_id",
            "kind",
            "number",
            unique=True,
            sqlite_where=text("category_id IS NULL"),
            postgresql_where=text("category_id IS NULL"),
        ),
    )


class BatchCase(Base):
    """A case that was taken into a batch (まとめて送付する提案), with or without a destination."""

    __tablename__ = "handoff_batch_case"

    batch_id: Mapped[int] = mapped_column(ForeignKey("handoff_batch.id"), primary_key=True)
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id"), primary_key=True, index=True
    )
    # Its class when its destinations were looked at last (宛先を決めたときの分類).
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    # Text written for this case alone (この提案だけの依頼文); "" for the text of its class.
    request_text: Mapped[str] = mapped_column(Text, default="")

    batch: Mapped[HandoffBatch] = relationship()
    proposal: Mapped[Proposal] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    category: Mapped[Category] = relationship()
    destinations: Mapped[list["BatchDestination"]] = relationship(
        order_by="BatchDestination.position", cascade="all, delete-orphan", lazy="selectin"
    )


class BatchDestination(Base):
    """Where a case of a batch is going (宛先); hand-offs are made of it when the batch is sent."""

    __tablename__ = "handoff_batch_destination"

    batch_id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(primary_key=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    part: Mapped[HandoffPart] = mapped_column(stored_enum(HandoffPart, "part"))
    # What speaks for it, in words (宛先の根拠).
    why: Mapped[str] = mapped_column(Text)
    position: Mapped[int]

    destination: Mapped[Organization] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)

    __table_args__ = (
        ForeignKeyConstraint(
            ["batch_id", "proposal_id"],
            ["handoff_batch_case.batch_id", "handoff_batch_case.proposal_id"],
            name="fk_handoff_batch_destination_batch_case",
        ),
        # One lead at most (主管).
        Index(
            "uq_handoff_batch_destination_lead",
            "batch_id",
            "proposal_id",
            unique=True,
            sqlite_where=text("part = 'lead'"),
            postgresql_where=text("part = 'lead'"),
        ),
    )


class BatchWriter(Base):
    """Who put a batch together (準備した人): none of them is its second person (P29)."""

    __tablename__ = "handoff_batch_writer"

    batch_id: Mapped[int] = mapped_column(ForeignKey("handoff_batch.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)


class BatchConfirmation(Base):
    """What of a batch was confirmed (送付の確認), who let it go (承認), and when it leaves.

    Without a row the batch is being prepared; any change of it takes the row away. `digest` is
    `BatchPlan.envelopes()`, `recipient_ids` are the people it names. `held_at`: at its time the
    batch was another one than that which was confirmed, and nothing was sent (送付の見送り).
    """

    __tablename__ = "handoff_batch_confirmation"

    batch_id: Mapped[int] = mapped_column(ForeignKey("handoff_batch.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    recipient_ids: Mapped[list[int]] = mapped_column(JSON)
    needs_second: Mapped[bool]
    confirmed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    released_at: Mapped[datetime | None]
    # First instant at which it may leave; until it left it can be stopped.
    sends_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]

    batch: Mapped[HandoffBatch] = relationship()
    confirmed_by: Mapped[User] = relationship(foreign_keys=confirmed_by_id)
    released_by: Mapped[User | None] = relationship(foreign_keys=released_by_id)

    __table_args__ = (
        CheckConstraint(
            "(released_by_id IS NULL) = (sends_at IS NULL)"
            " AND (released_by_id IS NULL) = (released_at IS NULL)",
            name="release_complete",
        ),
        CheckConstraint(
            "NOT needs_second OR released_by_id IS NULL OR released_by_id <> confirmed_by_id",
            name="two_people",
        ),
    )


class BatchLetter(Base):
    """The cover letter as it was sent to one destination (送付した事務連絡): it stays as it is.

    `content` is `CoverLetter.as_json()`; both files are drawn from it. `recipient_ids` are the ids
    of those who were told (知らせた人), None for letters from before this was kept.
    """

    __tablename__ = "handoff_batch_letter"

    batch_id: Mapped[int] = mapped_column(ForeignKey("handoff_batch.id"), primary_key=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    recipient_ids: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))

    destination: Mapped[Organization] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
