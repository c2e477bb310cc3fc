"""Why a case goes another way than in an earlier round (前の回との違いの理由)."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let an opinion keep the earlier cases it departs from, and why."""
    # Empty for all opinions so far: nobody was asked.
    op.add_column("assessment", sa.Column("why_different", sa.Text(), nullable=True))
    op.create_table(
        "assessment_departure",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_assessment_departure_assessment_id_assessment"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_assessment_departure_proposal_id_proposal"),
        ),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["category.id"],
            name=op.f("fk_assessment_departure_category_id_category"),
        ),
        sa.PrimaryKeyConstraint(
            "assessment_id", "proposal_id", name=op.f("pk_assessment_departure")
        ),
    )


def downgrade() -> None:
    """Forget the reasons and what they are about."""
    op.drop_table("assessment_departure")
    op.drop_column("assessment", "why_different")
