"""Store files (ファイル・添付) and the limits a round sets for them."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Store files (ファイル・添付) and the limits a round sets for them."""


def downgrade() -> None:
    """Take it back."""
