"""Who was told of a batch, kept with its letters (前回の宛先)."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep who was told; letters from before this do not know."""
    op.add_column("handoff_batch_letter", sa.Column("recipient_ids", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Forget who was told of which batch; the letters themselves stay in the outbox."""
    op.drop_column("handoff_batch_letter", "recipient_ids")
