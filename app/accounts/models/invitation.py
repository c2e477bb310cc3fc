"""Invitations by link (招待)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.organization import Organization
from app.accounts.models.user import User
from app.extensions import ALWAYS_THERE, Base, stored_enum


class InvitationEnd(StrEnum):
    """What became of an invitation (招待の結果)."""

    ACCEPTED = "accepted"
    REVOKED = "revoked"
    # Another one of the same address was used, or was made after it.
    REPLACED = "replaced"


class Invitation(Base):
    """A link with which one person makes an account of one body, once (招待).

    Only a hash of the link's token is stored (P41).
    """

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    # Folded address: the same one in other letters is the same person.
    email_key: Mapped[str] = mapped_column(String(254))
    display_name: Mapped[str] = mapped_column(String(100))
    roles: Mapped[list[str]] = mapped_column(JSON)
    # Last day of the account that will be made (利用の末日).
    ends_on: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end: Mapped[InvitationEnd | None] = mapped_column(stored_enum(InvitationEnd, "end"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    created_by: Mapped[User] = relationship(foreign_keys=created_by_id)

    __table_args__ = (
        CheckConstraint('(ended_at IS NULL) = ("end" IS NULL)', name="end_complete"),
        CheckConstraint(
            '(user_id IS NOT NULL) = ("end" IS NOT NULL AND "end" = \'accepted\')',
            name="accepted_by_somebody",
        ),
        Index("ix_invitation_email_key", "email_key"),
    )
