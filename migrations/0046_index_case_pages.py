"""Indexes of the pages of one case (案件の画面の索引)."""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

INDEXES = (
    ("assignment", "proposal_id"),
    ("conflict_of_interest", "organization_id"),
    ("conflict_of_interest", "proposal_id"),
)


def upgrade() -> None:
    """Find the assignments of a case, and who has a conflict with a case or its body."""
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    """Take the indexes away."""
    for table, column in INDEXES:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
