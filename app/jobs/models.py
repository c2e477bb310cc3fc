"""Ledger of the scheduled jobs, what is wrong with them, who hears of it (定期処理の台帳)."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import ALWAYS_THERE, Base, stored_enum

# Stands for every job in the list of contacts (すべての処理).
ALL_JOBS = ""
LONGEST_JOB = 40  # characters


class JobRun(Base):
    """One tick of one job (定期処理の実行): claimed by insert, so that it takes effect once.

    A claim is a lease: when its owner died, another process takes the tick over. `attempt` is the
    fencing number, how many times it was taken; only the last of them may write its effect. A tick
    that failed is tried again from `retry_at` on; `failures` counts how often it failed.
    """

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(String(LONGEST_JOB), primary_key=True)
    scheduled_for: Mapped[datetime] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    attempt: Mapped[int] = mapped_column(default=1)
    failures: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime]
    # First of the missed ticks this one stands for (まとめた回の最初), none where none was missed.
    stands_from: Mapped[datetime | None]
    # Run by a person for a moment (手動実行): says nothing of which ticks were missed.
    is_by_hand: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None] = mapped_column(index=True)
    effects: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    # When a failed tick is tried again (再試行); none when it did not fail, or no more.
    retry_at: Mapped[datetime | None] = mapped_column(index=True)

    __table_args__ = (
        CheckConstraint("effects >= 0", name="effects"),
        CheckConstraint("attempt >= 1", name="attempt"),
        CheckConstraint("failures >= 0", name="failures"),
    )

    def is_cut_short(self, now: datetime) -> bool:
        """Whether the owner was lost before the end (中断): the next tick takes it over."""
        return self.finished_at is None and self.lease_until < now

    @property
    def has_failed(self) -> bool:
        """Whether it ended with a fault (失敗)."""
        return self.finished_at is not None and self.error != ""

    @property
    def is_failing(self) -> bool:
        """Whether it failed and is not made good: also while it is being tried again (失敗中)."""
        return self.has_failed or (self.finished_at is None and self.failures > 0)


class AlarmKind(StrEnum):
    """What is wrong (警報の種類)."""

    FAILED = "failed"
    LATE = "late"
    CUT_SHORT = "cut_short"
    CLOCK = "clock"
    AUDIT_BROKEN = "audit_broken"
    DISK = "disk"


class JobAlarm(Base):
    """Something wrong with a job that its contacts were told of (警報), until it is over.

    `job` is the name of a job, that of a node for its clock, or `place@node` for a disk; `moment`
    the tick it is about. One row for each of them, so that however many processes notice it, it is
    told once.
    """

    __tablename__ = "job_alarm"

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(LONGEST_JOB))
    kind: Mapped[AlarmKind] = mapped_column(stored_enum(AlarmKind, "kind"))
    moment: Mapped[datetime]
    words: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("job", "kind", "moment"),)


class JobContact(Base):
    """Who is told when a job fails or is late (知らせる相手); `job` "" stands for all of them."""

    __tablename__ = "job_contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(LONGEST_JOB))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)

    __table_args__ = (UniqueConstraint("job", "user_id"),)
