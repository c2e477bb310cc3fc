"""Skills, caps, absence, deputies, rules and plans of assignment (割当の計画)."""

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Skills, caps, absence, deputies, rules and plans of assignment (割当の計画)."""


def downgrade() -> None:
    """Take it back."""
