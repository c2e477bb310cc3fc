"""Jobs are watched: tries of a failed tick, alarms, and who hears of them (定期処理の見張り)."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

ALARM_KINDS = ("failed", "late", "cut_short", "clock", "audit_broken")


def upgrade() -> None:
    """Add the tries of a tick, the alarms and the contacts."""
    with op.batch_alter_table("job_run") as table:
        table.add_column(sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("job_run") as table:
        table.alter_column("failures", existing_type=sa.Integer(), server_default=None)
        table.create_check_constraint(op.f("ck_job_run_failures"), "failures >= 0")
    op.create_index(op.f("ix_job_run_finished_at"), "job_run", ["finished_at"])
    op.create_index(op.f("ix_job_run_retry_at"), "job_run", ["retry_at"])
    op.create_table(
        "job_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *ALARM_KINDS, name="kind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_alarm")),
        sa.UniqueConstraint("job", "kind", "moment", name=op.f("uq_job_alarm_job_kind_moment")),
    )
    op.create_index(op.f("ix_job_alarm_ended_at"), "job_alarm", ["ended_at"])
    op.create_table(
        "job_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_job_contact_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_contact")),
        sa.UniqueConstraint("job", "user_id", name=op.f("uq_job_contact_job_user_id")),
    )
    op.create_index(op.f("ix_job_contact_user_id"), "job_contact", ["user_id"])


def downgrade() -> None:
    """Back to a ledger that nobody watches."""
    op.drop_index(op.f("ix_job_contact_user_id"), table_name="job_contact")
    op.drop_table("job_contact")
    op.drop_index(op.f("ix_job_alarm_ended_at"), table_name="job_alarm")
    op.drop_table("job_alarm")
    op.drop_index(op.f("ix_job_run_retry_at"), table_name="job_run")
    op.drop_index(op.f("ix_job_run_finished_at"), table_name="job_run")
    with op.batch_alter_table("job_run") as table:
        table.drop_constraint(op.f("ck_job_run_failures"), type_="check")
        table.drop_column("retry_at")
        table.drop_column("failures")
