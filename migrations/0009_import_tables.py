"""Import tables of proposals (取込み)."""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Import tables of proposals (取込み)."""


def downgrade() -> None:
    """Take it back."""
