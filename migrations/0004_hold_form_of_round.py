"""Hold the form of a round (様式の項目) as data."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Hold the form of a round (様式の項目) as data."""


def downgrade() -> None:
    """Take it back."""
