"""Outgoing mail (送信箱)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import ALWAYS_THERE, Base, stored_enum


class DeliveryStatus(StrEnum):
    """Where a message is on its way (送信状況)."""

    HELD = "held"  # 送信前に止めてある
    QUEUED = "queued"
    SENDING = "sending"  # a sender has it, until its lease ends
    SENT = "sent"  # the mail server took it over
    BOUNCED = "bounced"  # 不達: refused for good, or came back
    PARKED = "parked"  # given up after the last try, until a person decides
    WITHHELD = (
        "withheld"  # 送信対象外: on the page alone, by choice, for want of an address, too old
    )
    CANCELLED = "cancelled"  # 取りやめ: by a person, before it was sent
    DROPPED = "dropped"  # no longer true when its turn came


class AttemptResult(StrEnum):
    """How one handing-over to the mail server ended (送信の結果)."""

    SENT = "sent"
    REFUSED = "refused"  # the server said: not now, about this very message
    BROKEN = "broken"  # the connection was lost: whether it arrived is not known
    BOUNCED = "bounced"  # the server refused the recipient for good
    PARKED = "parked"  # refused for good, or refused once too often


class OutboxMessage(Base):
    """One piece of news to one person (お知らせ), of the transaction whose act it tells of.

    It stands on the person's page of news; the mail is its copy. `dedupe_key` makes the same news
    go to the same person once, however often it is enqueued. `attempts` is how often it was handed
    to the mail server, and the fencing number of the sender that has it.
    """

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    # Name of the letter (文面の種類) and the page it points to.
    letter: Mapped[str] = mapped_column(String(40), default="")
    path: Mapped[str] = mapped_column(String(200), default="")
    # What it tells of: "proposal", "mailing" …; "" and none where it is of no one thing.
    about_type: Mapped[str] = mapped_column(String(32), default="")
    about_id: Mapped[int | None]
    # Key of the round it belongs to (募集回); "" for what is of no round.
    round_key: Mapped[str] = mapped_column(String(20), default="")
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    status: Mapped[DeliveryStatus] = mapped_column(stored_enum(DeliveryStatus, "status"))
    attempts: Mapped[int] = mapped_column(default=0)
    # How often the server said "not now" about this very message; a dead server counts for none.
    refusals: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    # Not before this instant; a held one keeps it (取りやめの猶予).
    next_try_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    # After this instant it is no news any more, and is dropped unsent.
    valid_until: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    # Who held it, let it go or took it out last (停止・取りやめ); no foreign key: see Proposal.
    stopped_by_id: Mapped[int | None]
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str] = mapped_column(Text, default="")

    recipient: Mapped[User] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    trace: Mapped[list["DeliveryAttempt"]] = relationship(
        order_by="DeliveryAttempt.number", cascade="all, delete-orphan", passive_deletes=True
    )

    __table_args__ = (
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("refusals >= 0", name="refusals"),
        Index("ix_outbox_message_status_created_at", "status", "created_at"),
        Index("ix_outbox_message_status_next_try_at", "status", "next_try_at"),
        Index("ix_outbox_message_about_type_about_id", "about_type", "about_id"),
        # The unread ones are counted on every page, the others listed newest first (お知らせ).
        Index("ix_outbox_message_recipient_id_read_at", "recipient_id", "read_at"),
        Index("ix_outbox_message_recipient_id_created_at", "recipient_id", "created_at", "id"),
    )


class DeliveryAttempt(Base):
    """One handing-over of a message to the mail server (送信の記録).

    Without an end the sender was lost on the way: whether the server has it is not known.
    """

    __tablename__ = "delivery_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    # The trace goes with its message when that is erased (保存期間).
    message_id: Mapped[int] = mapped_column(
        ForeignKey("outbox_message.id", ondelete="CASCADE"), index=True
    )
    number: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    result: Mapped[AttemptResult | None] = mapped_column(stored_enum(AttemptResult, "result"))
    # What the server answered, or why the connection was lost.
    answer: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        UniqueConstraint("message_id", "number"),
        CheckConstraint("number >= 1", name="number"),
    )


class LetterSetting(Base):
    """How a kind of letter is treated (文面の設定); no row: it goes out by itself."""

    __tablename__ = "letter_setting"

    letter: Mapped[str] = mapped_column(String(40), primary_key=True)
    # 送信前に確認する: each one waits until a person lets it go.
    is_held: Mapped[bool]


class MailServerState(Base):
    """What is known of the mail server (メールサーバーの状態): one row, id 1."""

    __tablename__ = "mail_server_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # Since when it cannot be reached; none while it can.
    failing_since: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Text, default="")
    reached_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)
