"""Splits and merges of cases (分割・統合)."""

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Splits and merges of cases (分割・統合)."""


def downgrade() -> None:
    """Take it back."""
