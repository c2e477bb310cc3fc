"""Ledger of the scheduled jobs (定期処理の台帳)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Base


class JobRun(Base):
    """One tick of one job (定期処理の実行): claimed by insert, so that it takes effect once.

    A claim is a lease: when its owner died, another process takes the tick over. `attempt` is the
    fencing number, how many times it was taken; only the last of them may write its effect.
    """

    __tablename__ = "job_run"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    scheduled_for: Mapped[datetime] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(80))
    attempt: Mapped[int] = mapped_column(default=1)
    lease_until: Mapped[datetime]
    # First of the missed ticks this one stands for (まとめた回の最初), none where none was missed.
    stands_from: Mapped[datetime | None]
    # Run by a person for a moment (手動実行): says nothing of which ticks were missed.
    is_by_hand: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    effects: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        CheckConstraint("effects >= 0", name="effects"),
        CheckConstraint("attempt >= 1", name="attempt"),
    )

    def is_cut_short(self, now: datetime) -> bool:
        """Whether the owner was lost before the end (中断): the next tick takes it over."""
        return self.finished_at is None and self.lease_until < now
