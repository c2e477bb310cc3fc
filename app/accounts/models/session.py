"""Signed-in browsers and tries to sign in (セッション、ログイン試行)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.user import User
from app.extensions import ALWAYS_THERE, Base, stored_enum


class UserSession(Base):
    """A signed-in browser (セッション): logout here ends it for every copy of the cookie."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    source: Mapped[str] = mapped_column(String(64))
    round_id: Mapped[int | None]
    # Whose screens are looked at, and to which instant (代理閲覧).
    viewed_user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    viewing_until: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=ALWAYS_THERE, foreign_keys=[user_id])

    def note_freezes(self, *, is_anything_frozen: bool) -> None:
        """Remember, for one request, whether anything is frozen; not a column (凍結)."""
        self.__dict__["is_anything_frozen"] = is_anything_frozen

    @property
    def meets_freezes(self) -> bool:
        """Whether anything was frozen when the session was read (凍結)."""
        return bool(self.__dict__.get("is_anything_frozen", True))


class SignInStep(StrEnum):
    """What was tried (試行の種類): counted each by itself; one does not close another."""

    PASSWORD = "password"  # noqa: S105 - the name of a step
    FACTOR = "factor"
    RESET = "reset"
    TOKEN = "token"  # noqa: S105 - the name of a step


class SignInAttempt(Base):
    """One try to sign in, kept to slow guessing down (ログイン試行)."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    login_key: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(64))
    attempted_at: Mapped[datetime]
    is_success: Mapped[bool]
    step: Mapped[SignInStep] = mapped_column(
        stored_enum(SignInStep, "step"), default=SignInStep.PASSWORD
    )

    __table_args__ = (
        Index("ix_sign_in_attempt_login_key_attempted_at", "login_key", "attempted_at"),
        Index("ix_sign_in_attempt_source_attempted_at", "source", "attempted_at"),
        Index("ix_sign_in_attempt_step_attempted_at", "step", "attempted_at", "is_success"),
    )
