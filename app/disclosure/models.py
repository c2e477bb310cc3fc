"""Requests for disclosure, the records they reach, and what is withheld (情報公開)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base, stored_enum
from app.proposals.models import Attachment, Proposal


class Ground(StrEnum):
    """Why something is withheld (不開示理由): the numbers of 行政機関情報公開法第5条."""

    PERSON = "person"
    ANONYMIZED = "anonymized"
    CORPORATION = "corporation"
    SECURITY = "security"
    PUBLIC_ORDER = "public_order"
    DELIBERATION = "deliberation"
    OPERATION = "operation"


class DisclosureStatus(StrEnum):
    """How far the answer to a request is (開示の準備の状況)."""

    OPEN = "open"
    AWAITING_APPROVAL = "awaiting_approval"
    APPROVED = "approved"


class RecordKind(StrEnum):
    """What kind of record it is (文書の種類)."""

    TEXT = "text"
    DECISION = "decision"
    LETTER = "letter"
    REPLY = "reply"
    VIEW = "view"
    COMMENT = "comment"
    HISTORY = "history"
    ATTACHMENT = "attachment"


class DisclosureRequest(Base):
    """A request for disclosure (開示請求). Who asked is not kept here."""

    __tablename__ = "disclosure_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Number of the request in the register of the office (請求の番号).
    number: Mapped[str] = mapped_column(String(40), unique=True)
    received_on: Mapped[date]
    # 30 days from the receipt (同法第10条), an announced date.
    due_on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[DisclosureStatus] = mapped_column(
        stored_enum(DisclosureStatus, "disclosure_status")
    )
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    # Set by every act, also on its records, so that the version counts it.
    changed_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    created_by: Mapped[User] = relationship(foreign_keys=created_by_id)
    asked_by: Mapped[User | None] = relationship(foreign_keys=asked_by_id)
    approved_by: Mapped[User | None] = relationship(foreign_keys=approved_by_id)
    records: Mapped[list["DisclosureRecord"]] = relationship(
        order_by="DisclosureRecord.position", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint("approved_by_id <> asked_by_id", name="two_people"),
        CheckConstraint(
            "(status = 'open') = (asked_by_id IS NULL)"
            " AND (asked_at IS NULL) = (asked_by_id IS NULL)",
            name="asked_complete",
        ),
        CheckConstraint(
            "(status = 'approved') = (approved_by_id IS NOT NULL)"
            " AND (approved_at IS NULL) = (approved_by_id IS NULL)",
            name="approved_complete",
        ),
    )
    __mapper_args__ = {"version_id_col": version}


class DisclosureRecord(Base):
    """One record of a case as it stood when it was gathered (対象文書): a text, or a file.

    `ground` withholds the whole of it; a file has no text, nothing inside it can be blackened.
    """

    __tablename__ = "disclosure_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("disclosure_request.id"))
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    position: Mapped[int]
    kind: Mapped[RecordKind] = mapped_column(stored_enum(RecordKind, "record_kind"))
    label: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    ground: Mapped[Ground | None] = mapped_column(stored_enum(Ground, "ground"))

    proposal: Mapped[Proposal] = relationship()
    attachment: Mapped[Attachment | None] = relationship()
    redactions: Mapped[list["Redaction"]] = relationship(
        order_by="Redaction.start", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("request_id", "position"),
        CheckConstraint(
            "(kind = 'attachment') = (attachment_id IS NOT NULL)", name="attachment_named"
        ),
    )


class Redaction(Base):
    """A part of a record that is withheld (不開示部分): letters `start` to before `stop`."""

    __tablename__ = "redaction"

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(ForeignKey("disclosure_record.id"), index=True)
    start: Mapped[int]
    stop: Mapped[int]
    ground: Mapped[Ground] = mapped_column(stored_enum(Ground, "ground"))
    marked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    marked_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("start >= 0 AND start < stop", name="span"),)
