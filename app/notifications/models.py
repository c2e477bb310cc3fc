"""Outgoing mail (送信箱)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum


class DeliveryStatus(StrEnum):
    """Where a message is on its way (送信状況)."""

    QUEUED = "queued"
    SENT = "sent"
    PARKED = "parked"


class OutboxMessage(Base):
    """One mail to one person (送信箱のメール): a row of the transaction whose act it tells of.

    `dedupe_key` makes the same news go to the same person once, however often it is enqueued.
    """

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    status: Mapped[DeliveryStatus] = mapped_column(stored_enum(DeliveryStatus, "status"))
    created_at: Mapped[datetime]

    recipient: Mapped[User] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (Index("ix_outbox_message_status_created_at", "status", "created_at"),)
