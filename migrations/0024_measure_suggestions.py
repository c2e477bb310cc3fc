"""Which opinions were given beside suggestions (候補を示した意見)."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark the opinions whose page worked out suggestions, also where it found none."""
    op.add_column(
        "assessment", sa.Column("suggestions_version", sa.String(length=16), nullable=True)
    )
    op.execute(
        "UPDATE assessment SET suggestions_version = (SELECT max(shown_suggestion.engine_version)"
        " FROM shown_suggestion WHERE shown_suggestion.assessment_id = assessment.id)"
    )


def downgrade() -> None:
    """Forget which opinions were given beside suggestions."""
    op.drop_column("assessment", "suggestions_version")
