"""Hand-offs that are not over, in an index of their own (未了の送付)."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

INDEX = "ix_handoff_open"


def upgrade() -> None:
    """Let the report of the backlog read the open hand-offs alone, whatever lies behind them."""
    op.create_index(
        INDEX,
        "handoff",
        ["state", "destination_id", "proposal_id", "due_on", "sent_at"],
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    """Take the index away."""
    op.drop_index(INDEX, "handoff")
