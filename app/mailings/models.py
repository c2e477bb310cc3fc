"""Letters to many (一斉連絡): what is written, to whom by which rule, and who let it go."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.rounds.models import Round

LONGEST_SUBJECT = 100  # characters
LONGEST_TEXT = 4000  # characters


class MailingStage(StrEnum):
    """Where a letter to many stands (一斉連絡の状況)."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"  # 送信の承認待ち: the number was typed, a second person is awaited
    RELEASED = "released"  # 承認済み: queued, to be sent after the time for second thoughts
    CANCELLED = "cancelled"  # 取りやめ


class Audience(StrEnum):
    """Rule by which the bodies are chosen (宛先の決め方); nobody is ever typed in.

    The states are those a body knows of its own cases, never the inner ones.
    """

    SUBMITTED = "submitted"
    RETURNED = "returned"
    IN_TRIAGE = "in_triage"
    CLOSED = "closed"
    WITHOUT_PROPOSAL = "without_proposal"
    ALL_BODIES = "all_bodies"
    MINISTRIES = "ministries"


# Chosen by the cases of the bodies, and so telling of them.
CASE_AUDIENCES = (
    Audience.SUBMITTED,
    Audience.RETURNED,
    Audience.IN_TRIAGE,
    Audience.CLOSED,
    Audience.WITHOUT_PROPOSAL,
)


class Seat(StrEnum):
    """Whom in a body a letter goes to (宛先の役割)."""

    STAFF = "staff"
    MANAGER = "manager"


class Mailing(Base):
    """One letter to the people of many bodies (一斉連絡).

    `confirmed_ids` and `confirmed_hash` name the people, and the letter of each, that were shown
    when the number was typed: nothing else is sent. The letters themselves are in the outbox.
    """

    __tablename__ = "mailing"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT))
    text: Mapped[str] = mapped_column(Text)
    audience: Mapped[Audience] = mapped_column(stored_enum(Audience, "audience"))
    # Seats of the people (役割), and types of the bodies (団体種別); no type stands for every one.
    seats: Mapped[list[str]] = mapped_column(JSON)
    org_types: Mapped[list[str]] = mapped_column(JSON)
    stage: Mapped[MailingStage] = mapped_column(stored_enum(MailingStage, "stage"))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    # Everybody who wrote on it, and who typed the number: none of them releases it (P29).
    writer_ids: Mapped[list[int]] = mapped_column(JSON)
    edited_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None]
    confirmed_ids: Mapped[list[int]] = mapped_column(JSON, default=list)
    confirmed_hash: Mapped[str] = mapped_column(String(64), default="")
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    released_at: Mapped[datetime | None]
    # First instant at which anything of it is sent; until then it can be taken back.
    sends_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column()

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    created_by: Mapped[User] = relationship(foreign_keys=created_by_id)
    confirmed_by: Mapped[User | None] = relationship(foreign_keys=confirmed_by_id)
    released_by: Mapped[User | None] = relationship(foreign_keys=released_by_id)
    cancelled_by: Mapped[User | None] = relationship(foreign_keys=cancelled_by_id)

    __table_args__ = (
        CheckConstraint(
            "stage NOT IN ('confirmed', 'released') OR confirmed_by_id IS NOT NULL",
            name="confirmed_by_somebody",
        ),
        CheckConstraint(
            "stage <> 'released' OR (released_by_id IS NOT NULL AND sends_at IS NOT NULL)",
            name="released_by_somebody",
        ),
        CheckConstraint(
            "released_by_id IS NULL"
            " OR (released_by_id <> created_by_id AND released_by_id <> confirmed_by_id)",
            name="two_people",
        ),
        CheckConstraint(
            "(stage = 'cancelled') = (cancelled_by_id IS NOT NULL)", name="cancelled_by_somebody"
        ),
        Index("ix_mailing_stage_created_at", "stage", "created_at"),
    )
    __mapper_args__ = {"version_id_col": version}
