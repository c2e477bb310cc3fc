"""Who put batches together, and what was confirmed of them (まとめて送付の確認・承認)."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables; a batch that is not sent yet is one that is being prepared."""
    op.create_table(
        "handoff_batch_writer",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["handoff_batch.id"],
            name="fk_handoff_batch_writer_batch_id_handoff_batch",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_handoff_batch_writer_user_id_user_account"
        ),
        sa.PrimaryKeyConstraint("batch_id", "user_id", name="pk_handoff_batch_writer"),
    )
    op.create_table(
        "handoff_batch_confirmation",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("recipient_ids", sa.JSON(), nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(released_by_id IS NULL) = (sends_at IS NULL)"
            " AND (released_by_id IS NULL) = (released_at IS NULL)",
            name=op.f("ck_handoff_batch_confirmation_release_complete"),
        ),
        sa.CheckConstraint(
            "NOT needs_second OR released_by_id IS NULL OR released_by_id <> confirmed_by_id",
            name=op.f("ck_handoff_batch_confirmation_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["handoff_batch.id"],
            name="fk_handoff_batch_confirmation_batch_id_handoff_batch",
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"],
            ["user_account.id"],
            name="fk_handoff_batch_confirmation_confirmed_by_id_user_account",
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"],
            ["user_account.id"],
            name="fk_handoff_batch_confirmation_released_by_id_user_account",
        ),
        sa.PrimaryKeyConstraint("batch_id", name="pk_handoff_batch_confirmation"),
    )


def downgrade() -> None:
    """Forget what was confirmed; what was not sent is being prepared, the trail keeps the acts."""
    op.drop_table("handoff_batch_confirmation")
    op.drop_table("handoff_batch_writer")
