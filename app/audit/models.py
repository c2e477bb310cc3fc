"""Audit entries and the head of their chain (監査証跡)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class AuditEvent(Base):
    """One entry of the trail (監査記録): append-only, each bound to the one before by its hash.

    `seq` is gapless from 1. Database triggers refuse update and delete.
    """

    __tablename__ = "audit_event"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    occurred_at: Mapped[datetime]
    verb: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    actor_label: Mapped[str] = mapped_column(String(210))
    subject_type: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int | None]
    # Version of the subject after the act: what a stale form is compared with.
    subject_version: Mapped[int | None]
    from_state: Mapped[str | None] = mapped_column(String(64))
    to_state: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    request_id: Mapped[str] = mapped_column(String(32))
    previous_hash: Mapped[str] = mapped_column(String(64))
    entry_hash: Mapped[str] = mapped_column(String(64), unique=True)

    __table_args__ = (
        CheckConstraint("seq > 0", name="seq_positive"),
        Index("ix_audit_event_subject_type_subject_id_seq", "subject_type", "subject_id", "seq"),
        Index("ix_audit_event_occurred_at", "occurred_at"),
    )


class AuditHead(Base):
    """The last link of the chain, one row: locked by whoever appends (連鎖の先頭)."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_seq: Mapped[int]
    last_hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)
