"""History, aliases and keys of the registers (台帳の履歴・別名)."""

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """History, aliases and keys of the registers (台帳の履歴・別名)."""


def downgrade() -> None:
    """Take it back."""
