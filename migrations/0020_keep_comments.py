"""Comments on cases and who is meant by them (コメント・知らせる人)."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

AUDIENCES = ("internal", "ministry", "body")


def upgrade() -> None:
    """Make the tables of the comments and of those they are meant for."""
    op.create_table(
        "case_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                *AUDIENCES, name="audience", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("widened_by_id", sa.Integer(), nullable=True),
        sa.Column("widened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(widened_at IS NULL) = (widened_by_id IS NULL)",
            name=op.f("ck_case_comment_widened_pair"),
        ),
        sa.CheckConstraint(
            "widened_at IS NULL OR audience <> 'internal'",
            name=op.f("ck_case_comment_widened_beyond_internal"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_case_comment_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["user_account.id"],
            name=op.f("fk_case_comment_author_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["widened_by_id"],
            ["user_account.id"],
            name=op.f("fk_case_comment_widened_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_comment")),
    )
    op.create_index("ix_case_comment_proposal_id_id", "case_comment", ["proposal_id", "id"])
    op.create_table(
        "comment_mention",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["case_comment.id"],
            name=op.f("fk_comment_mention_comment_id_case_comment"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_comment_mention_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("comment_id", "user_id", name=op.f("pk_comment_mention")),
    )
    op.create_index("ix_comment_mention_user_id_read_at", "comment_mention", ["user_id", "read_at"])


def downgrade() -> None:
    """Take the comments back: what was said is lost."""
    op.drop_table("comment_mention")
    op.drop_table("case_comment")
