"""Audit entries, the head of their chain, its checkpoints (監査証跡), and what was read (閲覧)."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    column,
    select,
    table,
    text,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column

from app.audit.actors import label_in_words
from app.extensions import Base

# The accounts lie above the trail: known by name alone.
ACCOUNT = table("user_account", column("id"), column("display_name", String))


class AuditEvent(Base):
    """One entry of the trail (監査記録): append-only, each bound to the one before by its hash.

    `seq` is gapless from 1. Database triggers refuse update and delete.
    """

    __tablename__ = "audit_event"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    occurred_at: Mapped[datetime]
    verb: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
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

    # Name of the account today: the entry itself holds a commitment to it.
    actor_name: Mapped[str | None] = column_property(
        select(ACCOUNT.c.display_name).where(ACCOUNT.c.id == actor_id).scalar_subquery()
    )

    __table_args__ = (
        CheckConstraint("seq > 0", name="seq_positive"),
        Index("ix_audit_event_subject_type_subject_id_seq", "subject_type", "subject_id", "seq"),
        # By day, by person and by kind of act, newest first (監査証跡の検索).
        Index("ix_audit_event_occurred_at_seq", "occurred_at", "seq"),
        Index("ix_audit_event_actor_id_occurred_at_seq", "actor_id", "occurred_at", "seq"),
        Index("ix_audit_event_verb_occurred_at_seq", "verb", "occurred_at", "seq"),
        # Moves by time, read without their entries (前週からの動き).
        Index(
            "ix_audit_event_moved",
            *("occurred_at", "subject_type", "from_state", "to_state", "subject_id"),
            sqlite_where=text("to_state IS NOT NULL"),
            postgresql_where=text("to_state IS NOT NULL"),
        ),
    )

    @property
    def actor_words(self) -> str:
        """Whoever acted as pages show it (「事務局 総括A」), 「消去済み」 for an erased name."""
        return label_in_words(self.actor_label, self.actor_name)


class AuditHead(Base):
    """The last link of the chain, one row: locked by whoever appends (連鎖の先頭)."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_seq: Mapped[int]
    last_hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)


class AuditCheckpoint(Base):
    """How far the chain was at an instant, signed (封印): a copy of what lies outside.

    Whoever owns the database can hash the whole trail anew; without the key nobody can sign it.
    Triggers refuse update and delete.
    """

    __tablename__ = "audit_checkpoint"

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime]
    seq: Mapped[int]
    entry_hash: Mapped[str] = mapped_column(String(64))
    # Made after a restore: what was signed behind it before is known to be lost.
    is_restart: Mapped[bool]
    key_id: Mapped[str] = mapped_column(String(16))
    mac: Mapped[str] = mapped_column(String(64))

    __table_args__ = (CheckConstraint("seq >= 0", name="seq_not_negative"),)


class ReadLog(Base):
    """Who opened which part of what (閲覧の記録): one row a person, part and ten minutes.

    Not in the chain, which would grow with every look; a digest of each day is (閲覧の記録の封).
    `slot` counts the ten minutes since 1970, `part` is the endpoint that showed it.
    """

    __tablename__ = "read_log"

    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    subject_type: Mapped[str] = mapped_column(String(32), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[str] = mapped_column(String(64), primary_key=True)
    read_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str] = mapped_column(String(32))

    __table_args__ = (
        Index("ix_read_log_user_id_slot", "user_id", "slot"),
        Index("ix_read_log_subject_type_subject_id_slot", "subject_type", "subject_id", "slot"),
    )
