"""Clusters of systems by function (機能のまとまり)."""

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Clusters of systems by function (機能のまとまり)."""


def downgrade() -> None:
    """Take it back."""
