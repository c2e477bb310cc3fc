"""Requests for correction (差戻し): which fields, and why."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base


class CorrectionRequest(Base):
    """One return of a case to its body (差戻し); answered by the next submission.

    `letter` is the text as it was sent, `returns_to` the officer the corrected case comes back to.
    """

    __tablename__ = "correction_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    letter: Mapped[str] = mapped_column(Text)
    returns_to_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    requested_by: Mapped[User] = relationship(foreign_keys=requested_by_id)
    returns_to: Mapped[User] = relationship(foreign_keys=returns_to_id)
    items: Mapped[list["CorrectionItem"]] = relationship(
        order_by="CorrectionItem.position", lazy="selectin"
    )


class CorrectionItem(Base):
    """One thing to correct and why (差戻しの項目): a field, a section, the files or the whole."""

    __tablename__ = "correction_item"

    correction_request_id: Mapped[int] = mapped_column(
        ForeignKey("correction_request.id"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    field: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(Text)
