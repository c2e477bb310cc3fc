"""Requests to correct the master data of a body (団体情報の訂正依頼)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.organization import Organization
from app.accounts.models.user import User
from app.extensions import ALWAYS_THERE, Base, stored_enum


class MasterDataDecision(StrEnum):
    """What became of a request (訂正依頼の結果)."""

    DONE = "done"
    DECLINED = "declined"


class MasterDataRequest(Base):
    """What a body says is wrong with its name, type or code (団体情報の訂正依頼)."""

    __tablename__ = "master_data_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)
    decision: Mapped[MasterDataDecision | None] = mapped_column(
        stored_enum(MasterDataDecision, "decision")
    )
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(Text, default="")

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    requested_by: Mapped[User] = relationship(foreign_keys=requested_by_id)

    __table_args__ = (
        CheckConstraint(
            "(decision IS NULL) = (decided_by_id IS NULL)"
            " AND (decision IS NULL) = (decided_at IS NULL)",
            name="decision_complete",
        ),
    )
