"""Share a proposal (共同提案), sign it off (決裁), amend it (変更の申出)."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Share a proposal (共同提案), sign it off (決裁), amend it (変更の申出)."""


def downgrade() -> None:
    """Take it back."""
