"""Who pledged what, and until when it holds (研修・誓約の記録)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class Attestation(Base):
    """One pledge of one person (誓約); never changed. `valid_until` is its last day (JST)."""

    __tablename__ = "attestation"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    text_version: Mapped[int]
    attested_at: Mapped[datetime]
    valid_until: Mapped[date]

    __table_args__ = (CheckConstraint("text_version > 0", name="text_version_positive"),)
