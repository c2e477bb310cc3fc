"""Suggestions of a category and what became of them (分類の候補)."""

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Suggestions of a category and what became of them (分類の候補)."""


def downgrade() -> None:
    """Take it back."""
