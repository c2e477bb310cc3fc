"""Stored backlogs (滞留の記録) and who gets the report of them (報告の購読)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.extensions import ALWAYS_THERE, Base, stored_enum
from app.rounds.models import Round


class SnapshotKind(StrEnum):
    """Which report (報告の種類): of every office day, or of the first one of a week."""

    DAILY = "daily"
    WEEKLY = "weekly"


class BacklogSnapshot(Base):
    """The backlog of one round as one morning's report told it (滞留の記録).

    Database triggers refuse update and delete. `moment` is the instant it is about, `made_at` when
    it was made: later where the scheduler stood still. `fold_seq` is the last entry of the trail
    that it was read from; 0 while the trail was empty.
    """

    __tablename__ = "backlog_snapshot"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    kind: Mapped[SnapshotKind] = mapped_column(stored_enum(SnapshotKind, "kind"))
    day: Mapped[date]
    moment: Mapped[datetime]
    made_at: Mapped[datetime]
    fold_seq: Mapped[int]
    # One object a case, see `rows.as_stored`; all cases of the round, nobody's view.
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)

    round: Mapped[Round] = relationship(lazy="joined", innerjoin=ALWAYS_THERE)

    __table_args__ = (
        UniqueConstraint("round_id", "kind", "day"),
        CheckConstraint("fold_seq >= 0", name="fold_seq"),
        Index("ix_backlog_snapshot_day", "day"),
    )


class ReportSubscription(Base):
    """What a person chose about a report (報告の購読); without a row the role's default holds."""

    __tablename__ = "report_subscription"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[SnapshotKind] = mapped_column(stored_enum(SnapshotKind, "kind"))
    is_wanted: Mapped[bool]
    changed_at: Mapped[datetime]

    user: Mapped[User] = relationship()

    __table_args__ = (UniqueConstraint("user_id", "kind"),)
