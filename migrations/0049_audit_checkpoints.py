"""Checkpoints of the audit trail, and the log of readings (監査証跡の検印・閲覧の記録)."""

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what it needs."""


def downgrade() -> None:
    """Take it away."""
