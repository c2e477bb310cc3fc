"""Wishes for a link by mail (再設定の申込み), of known and unknown logins alike."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class ResetWish(Base):
    """Somebody asked for a link to the address of an account (再設定の申込み).

    Kept as it was typed until it is answered a few seconds later; so asking costs the same time
    for whatever login (P38). `login` is then emptied, the row stays to be counted.
    """

    __tablename__ = "reset_wish"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_reset_wish_answered_at", "answered_at", "id"),
        Index("ix_reset_wish_asked_at_source", "asked_at", "source"),
    )
