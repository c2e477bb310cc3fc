"""Who has a case on the desk, and who passed it over (着手・後回し)."""

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who has a case on the desk, and who passed it over (着手・後回し)."""


def downgrade() -> None:
    """Take it back."""
