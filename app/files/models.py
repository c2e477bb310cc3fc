"""Files that were taken in (ファイル): what is known of each; the content lies in the store."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organization, User
from app.extensions import Base, stored_enum


class Verdict(StrEnum):
    """What the virus scanner said (検査結果). Only a clean file is ever handed out."""

    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"
    FAILED = "failed"


class StoredFile(Base):
    """One file as it came in (ファイル).

    It belongs to exactly one row of another feature, which points here and says who may have it.
    Files of equal content share one blob in the store, named by its sha256.
    """

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Random, for addresses: nobody guesses the next file.
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    # As the sender named it, cleaned (安全な名前).
    name: Mapped[str] = mapped_column(String(200))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    uploaded_at: Mapped[datetime]
    verdict: Mapped[Verdict] = mapped_column(stored_enum(Verdict, "verdict"))
    scanned_at: Mapped[datetime | None]
    scan_note: Mapped[str] = mapped_column(String(200), default="")
    # When its content was erased by the plan of its round (廃棄); the hash stays as proof.
    erased_at: Mapped[datetime | None]

    organization: Mapped[Organization] = relationship()
    uploaded_by: Mapped[User] = relationship()

    __table_args__ = (
        CheckConstraint("length(sha256) = 64", name="sha256"),
        CheckConstraint("size_bytes > 0", name="size_bytes"),
        CheckConstraint("(verdict = 'waiting') = (scanned_at IS NULL)", name="scanned_when_judged"),
        Index("ix_stored_file_verdict_id", "verdict", "id"),
    )
