"""The second factor (二要素認証) and its recovery codes, and who asked to take one off."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.user import User
from app.extensions import ALWAYS_THERE, Base, stored_enum


class SecondFactor(Base):
    """The device of a person that makes codes (認証アプリ), one row a person.

    Secrets are stored sealed. `pending_secret` is the one being set up: it counts for nothing until
    a code of it was typed. `last_step` is the 30-second step of the last code that was accepted:
    only a later one is accepted again (P39).
    """

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    secret: Mapped[str | None] = mapped_column(String(200))
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    pending_secret: Mapped[str | None] = mapped_column(String(200))
    pending_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("(secret IS NULL) = (confirmed_at IS NULL)", name="confirmed_with_secret"),
        CheckConstraint("(pending_secret IS NULL) = (pending_at IS NULL)", name="pending_complete"),
    )


class RecoveryCode(Base):
    """One code for the day the device is lost (回復コード): only its hash, usable once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None]


class HalfSession(Base):
    """A sign-in whose password was right and whose second step is still to come (ログインの途中).

    It opens nothing but that step. Only a hash of its token is stored.
    """

    __tablename__ = "half_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    source: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)


class ResetEnd(StrEnum):
    """What became of a link for a new password (再設定のリンクの結果)."""

    USED = "used"
    # Another one was used or made, or the password was changed by another way.
    REPLACED = "replaced"


class PasswordReset(Base):
    """A link with which a person chooses a new password, once (再設定のリンク).

    Bound to the account, to its body and to the password it had: `password_key` is a hash of the
    stored hash (P41).
    """

    __tablename__ = "password_reset"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    password_key: Mapped[str] = mapped_column(String(64))
    # Of a link that goes out by mail: what its token is derived from, with a key kept elsewhere.
    mail_nonce: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end: Mapped[ResetEnd | None] = mapped_column(stored_enum(ResetEnd, "end"))

    user: Mapped[User] = relationship(lazy="joined", innerjoin=ALWAYS_THERE, foreign_keys=user_id)

    __table_args__ = (CheckConstraint('(ended_at IS NULL) = ("end" IS NULL)', name="end_complete"),)


class FactorResetDecision(StrEnum):
    """What became of a request to take a second factor off (解除の依頼の結果)."""

    APPROVED = "approved"
    DECLINED = "declined"


class FactorResetRequest(Base):
    """A request to take the second factor off somebody who lost it (二要素認証の解除の依頼).

    Asked by one person, decided by another one: neither alone can do it (P29, P39).
    """

    __tablename__ = "factor_reset_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    requested_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[FactorResetDecision | None] = mapped_column(
        stored_enum(FactorResetDecision, "decision")
    )

    user: Mapped[User] = relationship(foreign_keys=user_id)
    requested_by: Mapped[User] = relationship(foreign_keys=requested_by_id)

    __table_args__ = (
        CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)"
            " AND (decision IS NULL) = (decided_by_id IS NULL)",
            name="decision_complete",
        ),
        CheckConstraint(
            "decided_by_id IS NULL OR"
            " (decided_by_id <> requested_by_id AND decided_by_id <> user_id)",
            name="decided_by_another",
        ),
        Index("ix_factor_reset_request_user_id", "user_id"),
    )
