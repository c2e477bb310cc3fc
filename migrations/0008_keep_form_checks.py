"""Keep what was checked by hand in the form check (形式確認)."""

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep what was checked by hand in the form check (形式確認)."""


def downgrade() -> None:
    """Take it back."""
