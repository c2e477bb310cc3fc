"""Whose move it is, kept with the case, and indexes of reports (集計)."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

# As the product told it of each case up to here (持ち主の種類).
FILL = """
UPDATE proposal SET holder_kind = CASE
  WHEN state = 'returned' THEN 'body'
  WHEN state = 'classified' AND EXISTS (
    SELECT 1 FROM case_clock
    WHERE case_clock.proposal_id = proposal.id AND case_clock.ended_at IS NULL
      AND case_clock.holder = 'proposer'
  ) THEN 'body'
  WHEN state = 'classified' AND EXISTS (
    SELECT 1 FROM handoff JOIN handoff_due ON handoff_due.handoff_id = handoff.id
    WHERE handoff.proposal_id = proposal.id AND handoff.ended_at IS NULL
      AND handoff_due.term IN ('acknowledgement', 'reply')
      AND handoff_due.id = (
        SELECT max(last.id) FROM handoff_due AS last WHERE last.handoff_id = handoff.id
      )
  ) THEN 'ministry'
  WHEN state = 'pending' AND pending_owner_id IS NOT NULL THEN 'reviewer'
  WHEN state IN ('in_review', 'in_confirmation', 'pending') AND EXISTS (
    SELECT 1 FROM assignment
    WHERE assignment.proposal_id = proposal.id AND assignment.ended_at IS NULL
  ) AND (state <> 'in_review' OR 2 > (
    SELECT count(*) FROM assessment
    WHERE assessment.proposal_id = proposal.id AND assessment.status = 'disputed'
      AND CASE WHEN assessment.first_opinion_id IS NULL THEN 1 ELSE 0 END = 1
      AND NOT EXISTS (
        SELECT 1 FROM assessment AS later
        WHERE later.proposal_id = assessment.proposal_id AND later.id > assessment.id
          AND later.status IN ('confirmed', 'decided')
      )
  )) THEN 'reviewer'
  ELSE 'pool'
END
WHERE state IN (
  'returned', 'submitted', 'accepted', 'in_review', 'in_confirmation', 'pending', 'classified'
)
"""
COUNTED = "ix_proposal_counted"
EXTENDED = "ix_case_clock_extended"


def upgrade() -> None:
    """Keep whose move a case is, and let what the reports count be read from an index alone."""
    # By hand: SQLite adds a column with its CHECK, but no CHECK to a table that is there.
    op.execute(
        "ALTER TABLE proposal ADD COLUMN holder_kind VARCHAR(32)"
        " CONSTRAINT ck_proposal_holder_kind"
        " CHECK (holder_kind IN ('reviewer', 'pool', 'body', 'ministry'))"
    )
    op.execute(FILL)
    op.drop_index(COUNTED, "proposal")
    op.create_index(
        COUNTED,
        "proposal",
        [
            "round_id",
            "state",
            "category_id",
            "holder_kind",
            "state_since",
            "due_on",
            "organization_id",
            "branch_number",
            "merged_into_id",
            "pending_owner_id",
            "id",
        ],
    )
    op.create_index(
        EXTENDED,
        "case_clock",
        ["proposal_id"],
        sqlite_where=sa.text("ended_at IS NULL AND is_extended = 1"),
        postgresql_where=sa.text("ended_at IS NULL AND is_extended"),
    )


def downgrade() -> None:
    """Take them away, and give the counts their former index."""
    op.drop_index(EXTENDED, "case_clock")
    op.drop_index(COUNTED, "proposal")
    op.create_index(
        COUNTED,
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
    # Not in a batch: building the table anew would take the rows that hang on it along.
    op.execute("ALTER TABLE proposal DROP COLUMN holder_kind")
