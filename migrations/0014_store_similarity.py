"""Vectors of the texts and what was said of pairs (類似の判定)."""

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Vectors of the texts and what was said of pairs (類似の判定)."""


def downgrade() -> None:
    """Take it back."""
