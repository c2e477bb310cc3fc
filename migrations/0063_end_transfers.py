"""Hand-overs that went up to the leads, and those that were taken back (授受の報告・取下げ)."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

ONE_END = "cancelled_at IS NULL OR confirmed_at IS NULL"


def upgrade() -> None:
    """Add both instants; returns that were taken back before this are closed with it."""
    op.add_column("transfer", sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "ALTER TABLE transfer ADD COLUMN cancelled_at DATETIME"
            f" CONSTRAINT ck_transfer_one_end CHECK ({ONE_END})"
        )
    else:
        op.add_column(
            "transfer", sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True)
        )
        op.create_check_constraint(op.f("ck_transfer_one_end"), "transfer", ONE_END)
    op.execute(
        "UPDATE transfer SET cancelled_at = CURRENT_TIMESTAMP"
        " WHERE kind = 'return' AND confirmed_at IS NULL AND NOT EXISTS (SELECT 1 FROM proposal"
        " WHERE proposal.id = transfer.proposal_id AND proposal.state = 'returned')"
    )


def downgrade() -> None:
    """Take both away; the trail keeps them."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_transfer_one_end"), "transfer")
    op.drop_column("transfer", "cancelled_at")
    op.drop_column("transfer", "escalated_at")
