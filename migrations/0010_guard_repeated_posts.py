"""Guard against forms posted twice (二重送信の防止) and against lost texts (保存した版)."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of sent forms, of saved versions and of the beginnings of drafts."""
    op.create_table(
        "posted_form",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("location", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_posted_form_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", "key", name=op.f("pk_posted_form")),
    )
    op.create_index(op.f("ix_posted_form_posted_at"), "posted_form", ["posted_at"])
    op.create_table(
        "draft_version",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_draft_version_proposal_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"],
            ["user_account.id"],
            name=op.f("fk_draft_version_saved_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("proposal_id", "version", name=op.f("pk_draft_version")),
    )
    op.create_index(op.f("ix_draft_version_saved_at"), "draft_version", ["saved_at"])
    op.create_table(
        "draft_start",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_draft_start_proposal_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_draft_start_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", "form_key", name=op.f("pk_draft_start")),
    )
    op.create_index(op.f("ix_draft_start_proposal_id"), "draft_start", ["proposal_id"])


def downgrade() -> None:
    """Drop the three tables."""
    op.drop_table("draft_start")
    op.drop_table("draft_version")
    op.drop_table("posted_form")
