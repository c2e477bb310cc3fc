"""Duties of the ministries (所管事務)."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=100), nullable=False),
        sa.Column("law", sa.String(length=100), nullable=False),
        sa.Column("register_entry_id", sa.Integer(), nullable=True),
        sa.Column("is_catch_all", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "is_catch_all OR words <> '' OR law <> '' OR register_entry_id IS NOT NULL",
            name=op.f("ck_duty_tells_something"),
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_duty_period")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_duty_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["register_entry_id"],
            ["register_entry.id"],
            name=op.f("fk_duty_register_entry_id_register_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["user_account.id"], name=op.f("fk_duty_set_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_index(op.f("ix_duty_organization_id"), "duty", ["organization_id"], unique=False)
    op.create_index(op.f("ix_duty_register_entry_id"), "duty", ["register_entry_id"], unique=False)
    op.create_index(
        "uq_duty_catch_all",
        "duty",
        ["is_catch_all"],
        unique=True,
        sqlite_where=sa.text("is_catch_all AND valid_until IS NULL"),
        postgresql_where=sa.text("is_catch_all AND valid_until IS NULL"),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_index(
        "uq_duty_catch_all",
        table_name="duty",
        sqlite_where=sa.text("is_catch_all AND valid_until IS NULL"),
        postgresql_where=sa.text("is_catch_all AND valid_until IS NULL"),
    )
    op.drop_index(op.f("ix_duty_register_entry_id"), table_name="duty")
    op.drop_index(op.f("ix_duty_organization_id"), table_name="duty")
    op.drop_table("duty")
