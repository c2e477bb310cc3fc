"""Versions of the decision guide, labels, ratings (手引きの版・評価)."""

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Versions of the decision guide, labels, ratings (手引きの版・評価)."""


def downgrade() -> None:
    """Take it back."""
