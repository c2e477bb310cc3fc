"""Keep the threads before a proposal (事前相談) and notes on similar ones."""

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the threads before a proposal (事前相談) and notes on similar ones."""


def downgrade() -> None:
    """Take it back."""
