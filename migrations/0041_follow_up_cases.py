"""What became of cases in other processes, notes for later study (後続対応)."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add tables for outcomes of other processes, and for notes on cases."""
    op.create_table(
        "other_process_outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register_entry_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "under_review",
                "realized",
                "partly_realized",
                "not_realized",
                "withdrawn",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status = 'under_review' OR decided_on IS NOT NULL",
            name=op.f("ck_other_process_outcome_decided_on"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_other_process_outcome_number")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_other_process_outcome_recorded_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["register_entry_id"],
            ["register_entry.id"],
            name=op.f("fk_other_process_outcome_register_entry_id_register_entry"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_other_process_outcome")),
        sa.UniqueConstraint(
            "register_entry_id",
            "number",
            name=op.f("uq_other_process_outcome_register_entry_id_number"),
        ),
    )
    op.create_table(
        "study_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_study_note_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"],
            ["user_account.id"],
            name=op.f("fk_study_note_written_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_note")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_study_note_proposal_id")),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("study_note")
    op.drop_table("other_process_outcome")
