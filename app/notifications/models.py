"""Outgoing mail (送信箱)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum


class DeliveryStatus(StrEnum):
    """Where a message is on its way (送信状況)."""

    HELD = "held"  # 送信前に止めてある
    QUEUED = "queued"
    SENDING = "sending"  # a sender has it, until its lease ends
    SENT = "sent"  # the mail server took it over
    BOUNCED = "bounced"  # 不達: refused for good, or came back
    PARKED = "parked"  # given up after the last try, until a person decides
    WITHHELD = "withheld"  # 送信対象外: no address, or not on the allow-list of this place
    CANCELLED = "cancelled"  # 取りやめ: by a person, before it was sent
    DROPPED = "dropped"  # no longer true when its turn came


class OutboxMessage(Base):
    """One piece of news to one person (お知らせ), of the transaction whose act it tells of.

    It stands on the person's page of news; the mail is its copy. `dedupe_key` makes the same news
    go to the same person once, however often it is enqueued. `attempts` is how often it was handed
    to the mail server, and the fencing number of the sender that has it.
    """

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    # Name of the letter (文面の種類) and the page it points to.
    letter: Mapped[str] = mapped_column(String(40), default="")
    path: Mapped[str] = mapped_column(String(200), default="")
    # What it tells of: "proposal", "mailing" …; "" and none where it is of no one thing.
    about_type: Mapped[str] = mapped_column(String(32), default="")
    about_id: Mapped[int | None]
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    status: Mapped[DeliveryStatus] = mapped_column(stored_enum(DeliveryStatus, "status"))
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    # After this instant it is no news any more, and is dropped unsent.
    valid_until: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    # Who held it back or took it out (送信の停止・取りやめ); no foreign key, see Proposal.
    stopped_by_id: Mapped[int | None]
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str] = mapped_column(Text, default="")

    recipient: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts"),
        Index("ix_outbox_message_status_created_at", "status", "created_at"),
        Index("ix_outbox_message_status_next_try_at", "status", "next_try_at"),
        Index("ix_outbox_message_about_type_about_id", "about_type", "about_id"),
    )
