"""Issue access codes for late submissions (期限後提出コード)."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

CODE_OF_SUBMISSION = "fk_late_submission_access_code_id_late_access_code"


def upgrade() -> None:
    """Create the codes; a late submission names the one that let it in."""
    op.create_table(
        "late_access_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("uses_allowed", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("uses_allowed > 0", name=op.f("ck_late_access_code_uses_allowed")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_late_access_code_round_id_round")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_late_access_code_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"],
            ["user_account.id"],
            name=op.f("fk_late_access_code_issued_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_access_code")),
        sa.UniqueConstraint("code", name=op.f("uq_late_access_code_code")),
    )
    op.create_index(
        "ix_late_access_code_round_id_organization_id",
        "late_access_code",
        ["round_id", "organization_id"],
    )
    with op.batch_alter_table("late_submission") as batch:
        batch.add_column(sa.Column("access_code_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f(CODE_OF_SUBMISSION), "late_access_code", ["access_code_id"], ["id"]
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("late_submission") as batch:
        batch.drop_constraint(op.f(CODE_OF_SUBMISSION), type_="foreignkey")
        batch.drop_column("access_code_id")
    op.drop_index("ix_late_access_code_round_id_organization_id", "late_access_code")
    op.drop_table("late_access_code")
