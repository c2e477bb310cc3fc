"""Why a case goes another way than in an earlier round (前の回との違いの理由)."""

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by the one who writes the memory across rounds."""


def downgrade() -> None:
    """Filled by the one who writes the memory across rounds."""
