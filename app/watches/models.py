"""What is watched for a case, and what was found each time (見直しの条件・確認の記録)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.proposals.models import Proposal
from app.registers.models import RegisterEntry


class WatchStatus(StrEnum):
    """How a watch stands (見直しの状況)."""

    OPEN = "open"
    MET = "met"  # 条件を満たした: to be classified anew, or for the next round
    ENDED = "ended"  # 終わり: there is nothing to look at any more


class Watch(Base):
    """What would have a classified case looked at again (見直しの条件), and its next date.

    `looked_at` is when somebody last looked: a change of the named row of a register after it asks
    for another look. The text of each edit stays in `WatchVersion`.
    """

    __tablename__ = "watch"

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), index=True)
    condition: Mapped[str] = mapped_column(Text)
    # Where one would see it (確かめるところ): a paper, a page, a ministry.
    source: Mapped[str] = mapped_column(Text)
    check_on: Mapped[date | None]
    register_entry_id: Mapped[int | None] = mapped_column(
        ForeignKey("register_entry.id"), index=True
    )
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    looked_at: Mapped[datetime]
    status: Mapped[WatchStatus] = mapped_column(stored_enum(WatchStatus, "status"))
    result: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column()

    proposal: Mapped[Proposal] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)
    register_entry: Mapped[RegisterEntry | None] = relationship()
    owner: Mapped[User] = relationship(foreign_keys=owner_id)
    created_by: Mapped[User] = relationship(foreign_keys=created_by_id)
    versions: Mapped[list["WatchVersion"]] = relationship(order_by="WatchVersion.number")
    checks: Mapped[list["WatchCheck"]] = relationship(order_by="WatchCheck.id")

    __table_args__ = (Index("ix_watch_status_check_on", "status", "check_on"),)
    __mapper_args__ = {"version_id_col": version}


class WatchVersion(Base):
    """A watch as it was written, at first and at each edit (見直しの条件の版): who, when, why."""

    __tablename__ = "watch_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    watch_id: Mapped[int] = mapped_column(ForeignKey("watch.id"))
    number: Mapped[int]
    condition: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    check_on: Mapped[date | None]
    register_entry_id: Mapped[int | None] = mapped_column(ForeignKey("register_entry.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime]

    owner: Mapped[User] = relationship(foreign_keys=owner_id)
    written_by: Mapped[User] = relationship(foreign_keys=written_by_id)
    register_entry: Mapped[RegisterEntry | None] = relationship()

    __table_args__ = (
        UniqueConstraint("watch_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )


class WatchCheck(Base):
    """One look at what is watched (確認の記録): the day, what was found, and what follows."""

    __tablename__ = "watch_check"

    id: Mapped[int] = mapped_column(primary_key=True)
    watch_id: Mapped[int] = mapped_column(ForeignKey("watch.id"), index=True)
    checked_on: Mapped[date]
    found: Mapped[str] = mapped_column(Text)
    outcome: Mapped[WatchStatus] = mapped_column(stored_enum(WatchStatus, "outcome"))
    next_on: Mapped[date | None]
    checked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    checked_at: Mapped[datetime]

    checked_by: Mapped[User] = relationship()
