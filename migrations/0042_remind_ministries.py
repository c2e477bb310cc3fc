"""Missed dates of hand-offs, and what went up to the leads (送付の期限超過・総括への報告)."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add tables for missed dates of hand-offs."""
    op.create_table(
        "handoff_escalation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("due_id", sa.Integer(), nullable=False),
        sa.Column("escalated_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["due_id"], ["handoff_due.id"], name=op.f("fk_handoff_escalation_due_id_handoff_due")
        ),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoff.id"], name=op.f("fk_handoff_escalation_handoff_id_handoff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_escalation")),
        sa.UniqueConstraint("due_id", name=op.f("uq_handoff_escalation_due_id")),
    )
    op.create_index(
        op.f("ix_handoff_escalation_handoff_id"), "handoff_escalation", ["handoff_id"], unique=False
    )
    op.create_table(
        "handoff_overdue_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("due_id", sa.Integer(), nullable=False),
        sa.Column("became_overdue_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["due_id"], ["handoff_due.id"], name=op.f("fk_handoff_overdue_event_due_id_handoff_due")
        ),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoff.id"], name=op.f("fk_handoff_overdue_event_handoff_id_handoff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_overdue_event")),
        sa.UniqueConstraint("due_id", name=op.f("uq_handoff_overdue_event_due_id")),
    )
    op.create_index(
        op.f("ix_handoff_overdue_event_handoff_id"),
        "handoff_overdue_event",
        ["handoff_id"],
        unique=False,
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_index(op.f("ix_handoff_overdue_event_handoff_id"), table_name="handoff_overdue_event")
    op.drop_table("handoff_overdue_event")
    op.drop_index(op.f("ix_handoff_escalation_handoff_id"), table_name="handoff_escalation")
    op.drop_table("handoff_escalation")
