"""Extensions, history of due dates, the instant a clock was started (期限の延長・履歴)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

MIDNIGHT_IN_JAPAN = timedelta(hours=-9)
JAPAN_AHEAD = timedelta(hours=9)


def upgrade() -> None:
    """Give clocks their instant, add the history of dates and the requests."""
    with op.batch_alter_table("case_clock") as batch:
        batch.add_column(sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("continues_id", sa.Integer(), nullable=True))
        batch.add_column(
            sa.Column("is_extended", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    _fill_clocks()
    with op.batch_alter_table("case_clock") as batch:
        batch.alter_column("started_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.alter_column("is_extended", existing_type=sa.Boolean(), server_default=None)
    _create_changes()
    _create_requests()


def _fill_clocks() -> None:
    """A run began when the one before it ended, if that was the same day, else at midnight."""
    clocks = sa.table(
        "case_clock",
        sa.column("id", sa.Integer()),
        sa.column("proposal_id", sa.Integer()),
        sa.column("term", sa.String()),
        sa.column("days_used", sa.Integer()),
        sa.column("started_on", sa.Date()),
        sa.column("started_at", sa.DateTime(timezone=True)),
        sa.column("continues_id", sa.Integer()),
        sa.column("ended_at", sa.DateTime(timezone=True)),
        sa.column("end", sa.String()),
    )
    proposals = sa.table(
        "proposal",
        sa.column("id", sa.Integer()),
        sa.column("submitted_at", sa.DateTime(timezone=True)),
    )
    bind = op.get_bind()
    rows = bind.execute(sa.select(proposals.c.id, proposals.c.submitted_at))
    submitted = {row.id: row.submitted_at for row in rows}
    rows = bind.execute(sa.select(clocks).order_by(clocks.c.proposal_id, clocks.c.id)).all()
    earlier: list[Any] = []
    for row in rows:
        if earlier and earlier[-1].proposal_id != row.proposal_id:
            earlier = []
        bind.execute(
            clocks.update()
            .where(clocks.c.id == row.id)
            .values(
                started_at=_started_at(row, earlier, submitted.get(row.proposal_id)),
                continues_id=_continued(row, earlier),
            )
        )
        earlier.append(row)


def _started_at(row: Any, earlier: Sequence[Any], submitted_at: datetime | None) -> datetime:
    ends = [_aware(other.ended_at) for other in earlier if other.ended_at is not None]
    if not ends and submitted_at is not None:
        ends = [_aware(submitted_at)]
    for end in reversed(ends):
        if (end.astimezone(UTC) + JAPAN_AHEAD).date() == row.started_on:
            return end
    day: date = row.started_on
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + MIDNIGHT_IN_JAPAN


def _aware(instant: datetime) -> datetime:
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _continued(row: Any, earlier: Sequence[Any]) -> int | None:
    if row.days_used == 0:
        return None
    stopped = [other for other in earlier if (other.term, other.end) == (row.term, "stopped")]
    return stopped[-1].id if stopped else None


def _create_changes() -> None:
    op.create_table(
        "deadline_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "extension",
                "calendar",
                "rule",
                name="deadline_change_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("old_due_on", sa.Date(), nullable=False),
        sa.Column("new_due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closing_days", sa.JSON(), nullable=False),
        sa.Column("old_office_days", sa.Integer(), nullable=True),
        sa.Column("new_office_days", sa.Integer(), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("old_due_on <> new_due_on", name=op.f("ck_deadline_change_moved")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_deadline_change_{column}_{table}")
            )
            for column, table in (
                ("proposal_id", "proposal"),
                ("clock_id", "case_clock"),
                ("asked_by_id", "user_account"),
                ("decided_by_id", "user_account"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_change")),
    )
    op.create_index("ix_deadline_change_clock_id", "deadline_change", ["clock_id"])
    op.create_index("ix_deadline_change_proposal_id", "deadline_change", ["proposal_id"])


def _create_requests() -> None:
    op.create_table(
        "extension_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("wanted_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_approved", sa.Boolean(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (is_approved IS NULL)"
            " AND (decided_at IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_extension_request_decision_complete"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_extension_request_{column}_{table}")
            )
            for column, table in (
                ("proposal_id", "proposal"),
                ("clock_id", "case_clock"),
                ("asked_by_id", "user_account"),
                ("decided_by_id", "user_account"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension_request")),
    )
    op.create_index("ix_extension_request_proposal_id", "extension_request", ["proposal_id"])
    op.create_index(
        "uq_extension_request_waiting",
        "extension_request",
        ["clock_id"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )


def downgrade() -> None:
    """Back to dates without a history."""
    op.drop_table("extension_request")
    op.drop_table("deadline_change")
    with op.batch_alter_table("case_clock") as batch:
        batch.drop_column("is_extended")
        batch.drop_column("continues_id")
        batch.drop_column("started_at")
