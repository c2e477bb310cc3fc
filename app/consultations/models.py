"""Threads between a body and the secretariat before a proposal (事前相談)."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
    update,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from app.accounts.models import Organization, User
from app.extensions import ALWAYS_THERE, Base
from app.files.models import StoredFile
from app.proposals.models import Proposal
from app.rounds.models import Round


class ConsultationState(StrEnum):
    """Where a thread stands (相談の状態); derived from what is stored, never stored itself."""

    OPEN = "open"
    ANSWERED = "answered"
    CONVERTED = "converted"
    CLOSED = "closed"


class Consultation(Base):
    """A question of one body with everything said about it (事前相談).

    Its number is counted per body: a running one would tell each body how much others ask.
    """

    __tablename__ = "consultation"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    sequence: Mapped[int]
    # The round the body thinks of; None while it does not know yet.
    round_id: Mapped[int | None] = mapped_column(ForeignKey("round.id"), index=True)
    subject: Mapped[str] = mapped_column(Text)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    # Whether the last word is the secretariat's, and since when the other side has it.
    is_answered: Mapped[bool] = mapped_column(default=False)
    waiting_since: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    close_reason: Mapped[str] = mapped_column(Text, default="")
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), unique=True)
    version: Mapped[int] = mapped_column()

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    round: Mapped[Round | None] = relationship(lazy="joined")
    created_by: Mapped[User] = relationship(foreign_keys=created_by_id)
    closed_by: Mapped[User | None] = relationship(foreign_keys=closed_by_id)
    proposal: Mapped[Proposal | None] = relationship()
    messages: Mapped[list["ConsultationMessage"]] = relationship(
        order_by="ConsultationMessage.position", back_populates="consultation"
    )

    __table_args__ = (
        UniqueConstraint("organization_id", "sequence"),
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_pair"),
        CheckConstraint("sequence > 0", name="sequence_positive"),
        Index("ix_consultation_is_answered_waiting_since", "is_answered", "waiting_since"),
    )
    __mapper_args__ = {"version_id_col": version}

    @property
    def state(self) -> ConsultationState:
        """Where the thread stands; a draft made from it ends it, whatever was said last."""
        if self.proposal_id is not None:
            return ConsultationState.CONVERTED
        if self.closed_at is not None:
            return ConsultationState.CLOSED
        return ConsultationState.ANSWERED if self.is_answered else ConsultationState.OPEN

    @property
    def is_going_on(self) -> bool:
        """Whether either side may still write (継続中)."""
        return self.state in (ConsultationState.OPEN, ConsultationState.ANSWERED)

    @property
    def is_practice(self) -> bool:
        """Whether the thread belongs to a practice round (練習): no mail, no count."""
        return self.round is not None and self.round.is_practice


class ConsultationMessage(Base):
    """One contribution to a thread (発言): asked by the body, or answered by the secretariat."""

    __tablename__ = "consultation_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultation.id"))
    position: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    is_answer: Mapped[bool]
    body: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime]

    consultation: Mapped[Consultation] = relationship(back_populates="messages")
    author: Mapped[User] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    files: Mapped[list["ConsultationFile"]] = relationship(
        order_by="ConsultationFile.position", lazy="selectin"
    )

    __table_args__ = (
        UniqueConstraint("consultation_id", "position"),
        CheckConstraint("position > 0", name="position_positive"),
    )


class ConsultationFile(Base):
    """A file sent with a message (相談の資料); it stays with the thread."""

    __tablename__ = "consultation_file"

    message_id: Mapped[int] = mapped_column(ForeignKey("consultation_message.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)

    __table_args__ = (CheckConstraint("position > 0", name="position_positive"),)


def release_consultation(_mapper: Mapper[Any], connection: Connection, proposal: Proposal) -> None:
    """Let a thread go on when the draft made from it is deleted (下書きの削除).

    Not ON DELETE SET NULL: where SQLite rebuilds a table to change it, that would fire for all.
    """
    connection.execute(
        update(Consultation)
        .where(Consultation.proposal_id == proposal.id)
        .values(proposal_id=None, version=Consultation.version + 1)
    )


event.listen(Proposal, "before_delete", release_consultation)
