"""Answers to proposers (提案者への回答): what bodies are told of replies, and why one differs."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add when replies of a case were released, the date of its view, why a reply differs."""
    op.add_column(
        "proposal", sa.Column("replies_released_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.add_column("proposal", sa.Column("view_due_on", sa.Date(), nullable=True))
    op.add_column("reply", sa.Column("why_different", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("reply", "why_different")
    op.drop_column("proposal", "view_due_on")
    op.drop_column("proposal", "replies_released_at")
