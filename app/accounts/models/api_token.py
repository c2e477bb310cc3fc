"""Keys with which a program reads in the name of a person (APIトークン)."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models.organization import Organization
from app.accounts.models.user import User
from app.core import clock
from app.extensions import ALWAYS_THERE, Base, stored_enum


class TokenEnd(StrEnum):
    """Why a token is dead before its day (トークンの終わり)."""

    REVOKED = "revoked"
    # Password, roles, second factor or account of the owner changed (P28).
    OWNER_CHANGED = "owner_changed"


class ApiToken(Base):
    """A key that reads what its owner may read, and no more (APIトークン); a hash alone is stored.

    `organization_id` is the body its owner had when it was made. `body_id` is the one body whose
    cases it reads, None for all that the owner may read. `minute` counts since 1970.
    """

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    # What it is for (用途), in the owner's words.
    name: Mapped[str] = mapped_column(String(100))
    # All rounds, those to come included; else those of `rounds`.
    is_for_all_rounds: Mapped[bool] = mapped_column()
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end: Mapped[TokenEnd | None] = mapped_column(stored_enum(TokenEnd, "end"))
    last_used_at: Mapped[datetime | None]
    # Requests so far, and those of the minute of the last one (要求数の制限).
    requests: Mapped[int] = mapped_column(default=0)
    minute: Mapped[int] = mapped_column(default=0)
    minute_requests: Mapped[int] = mapped_column(default=0)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    body: Mapped[Organization | None] = relationship(foreign_keys=body_id)
    rounds: Mapped[list["ApiTokenRound"]] = relationship(lazy="selectin")

    __table_args__ = (
        CheckConstraint('(ended_at IS NULL) = ("end" IS NULL)', name="end_complete"),
        CheckConstraint("expires_at > created_at", name="expires_later"),
    )

    @property
    def last_day(self) -> date:
        """The last day it opens anything on (期限の日, JST): it ends with that day."""
        return (clock.to_jst(self.expires_at) - timedelta(microseconds=1)).date()

    def is_open(self) -> bool:
        """Whether neither its time is over nor anybody or anything ended it (失効していないか)."""
        return self.ended_at is None and clock.now() < self.expires_at

    @property
    def round_ids(self) -> frozenset[int]:
        """Ids of the rounds it was made for (募集回の範囲); none where it is for all."""
        return frozenset(row.round_id for row in self.rounds)


class ApiTokenRound(Base):
    """One round whose cases a token reads (募集回の範囲)."""

    __tablename__ = "api_token_round"

    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"), primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), primary_key=True, index=True)
