"""Moves of cases by time, in an index of their own (最近の動きの索引)."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

INDEX = "ix_audit_event_moved"


def upgrade() -> None:
    """Let the backlog tell the moves of the last week without reading an entry of the trail."""
    op.create_index(
        INDEX,
        "audit_event",
        ["occurred_at", "subject_type", "from_state", "to_state", "subject_id"],
        sqlite_where=sa.text("to_state IS NOT NULL"),
        postgresql_where=sa.text("to_state IS NOT NULL"),
    )


def downgrade() -> None:
    """Take the index away."""
    op.drop_index(INDEX, "audit_event")
