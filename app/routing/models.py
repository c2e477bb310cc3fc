"""Duties of the ministries (所管事務): what speaks for sending a case there."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Organization, User
from app.extensions import ALWAYS_THERE, Base
from app.registers.models import RegisterEntry


class Duty(Base):
    """What a ministry or a unit is in charge of (所管事務): by words, a law or a register row.

    A row is never rewritten: it ends (`valid_until`, its last day, None while it holds), and
    another one begins. At most one that holds is the catch-all (その他), where a case goes that
    nothing speaks for.
    """

    __tablename__ = "duty"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    # Each "" where the duty is told by another of them.
    words: Mapped[str] = mapped_column(String(100), default="")
    law: Mapped[str] = mapped_column(String(100), default="")
    register_entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("register_entry.id"), index=True
    )
    is_catch_all: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(Text, default="")
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    # Why it was registered, and why it ended (登録・終了の理由).
    reason: Mapped[str] = mapped_column(Text)
    end_reason: Mapped[str] = mapped_column(Text, default="")
    set_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    entry: Mapped[RegisterEntry | None] = relationship(lazy="joined")
    set_by: Mapped[User] = relationship()

    __table_args__ = (
        CheckConstraint(
            "is_catch_all OR words <> '' OR law <> '' OR register_entry_id IS NOT NULL",
            name="tells_something",
        ),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="period"),
        Index(
            "uq_duty_catch_all",
            "is_catch_all",
            unique=True,
            sqlite_where=text("is_catch_all AND valid_until IS NULL"),
            postgresql_where=text("is_catch_all AND valid_until IS NULL"),
        ),
    )
    __mapper_args__ = {"version_id_col": version}

    def holds_on(self, day: date) -> bool:
        """Whether the duty holds on a day (有効)."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
