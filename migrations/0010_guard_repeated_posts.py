"""Guard against forms posted twice (二重送信の防止)."""

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Guard against forms posted twice (二重送信の防止)."""


def downgrade() -> None:
    """Take it back."""
