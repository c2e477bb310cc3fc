"""Missed deadlines, what went up to the leads, how people are told (期限超過・知らせ方)."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def _create(name: str, *columns: sa.Column[object]) -> None:
    """Make a table about one due date of one clock; one row for each."""
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("clock_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f(f"fk_{name}_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["clock_id"], ["case_clock.id"], name=op.f(f"fk_{name}_clock_id_case_clock")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("clock_id", "due_on", name=op.f(f"uq_{name}_clock_id_due_on")),
    )
    op.create_index(f"ix_{name}_proposal_id", name, ["proposal_id"])


def upgrade() -> None:
    """Make the tables; the jobs fill them from the history of the clocks."""
    _create(
        "overdue_event",
        sa.Column("became_overdue_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    )
    _create("escalation", sa.Column("escalated_on", sa.Date(), nullable=False))
    op.create_table(
        "notice_preference",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_digest_mailed", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_notice_preference_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notice_preference")),
    )


def downgrade() -> None:
    """Forget what was missed and what people chose."""
    op.drop_table("notice_preference")
    op.drop_table("escalation")
    op.drop_table("overdue_event")
