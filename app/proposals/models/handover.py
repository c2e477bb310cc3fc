"""Open work given to another person of the same body (引継ぎ)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import Base


class CaseHandover(Base):
    """One case given from one person to another (案件の引継ぎ); the last one says who keeps it.

    A case that was never handed over is kept by whoever began it.
    """

    __tablename__ = "case_handover"

    id: Mapped[int] = mapped_column(primary_key=True)
    # A draft that is thrown away takes its handovers along; the trail keeps both.
    proposal_id: Mapped[int] = mapped_column(
        ForeignKey("proposal.id", ondelete="CASCADE"), index=True
    )
    from_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    to_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[str] = mapped_column(Text)
    handed_over_at: Mapped[datetime]
    handed_over_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))

    from_user: Mapped[User] = relationship(foreign_keys=from_user_id)
    to_user: Mapped[User] = relationship(foreign_keys=to_user_id)

    __table_args__ = (CheckConstraint("from_user_id <> to_user_id", name="to_another"),)
