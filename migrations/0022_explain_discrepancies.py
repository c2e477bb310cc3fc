"""Explanations of discrepancies (食い違いの説明)."""

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by the one who writes app/discrepancies."""


def downgrade() -> None:
    """Filled by the one who writes app/discrepancies."""
