"""Issue access codes for late submissions (期限後提出コード)."""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Issue access codes for late submissions (期限後提出コード)."""


def downgrade() -> None:
    """Take it back."""
