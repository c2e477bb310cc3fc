"""Index of what the reports count by state and class (集計の計数)."""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the counts of a round be read from an index alone, without the texts beside them."""
    op.create_index(
        "ix_proposal_counted",
        "proposal",
        [
            "round_id",
            "state",
            "category_id",
            "branch_number",
            "merged_into_id",
            "organization_id",
            "state_since",
            "pending_owner_id",
        ],
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_proposal_counted", "proposal")
