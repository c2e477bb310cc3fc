"""Explanations of discrepancies (食い違いの説明)."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of explanations."""
    op.create_table(
        "discrepancy_explanation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("explained_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_discrepancy_explanation_round_id_round")
        ),
        sa.ForeignKeyConstraint(
            ["explained_by_id"],
            ["user_account.id"],
            name=op.f("fk_discrepancy_explanation_explained_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discrepancy_explanation")),
    )
    op.create_index(
        op.f("ix_discrepancy_explanation_round_id"), "discrepancy_explanation", ["round_id"]
    )


def downgrade() -> None:
    """Take the explanations away; what they explain stays as it is."""
    op.drop_table("discrepancy_explanation")
