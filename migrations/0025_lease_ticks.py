"""Ticks are leased, and missed ones made up (定期処理の引受けと後追い)."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the lease, who took a tick over, and what it makes up for."""
    with op.batch_alter_table("job_run") as table:
        table.add_column(sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("stands_from", sa.DateTime(timezone=True), nullable=True))
        table.add_column(
            sa.Column("is_by_hand", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute("UPDATE job_run SET lease_until = started_at")
    with op.batch_alter_table("job_run") as table:
        table.alter_column("lease_until", existing_type=sa.DateTime(timezone=True), nullable=False)
        table.alter_column("attempt", existing_type=sa.Integer(), server_default=None)
        table.alter_column("is_by_hand", existing_type=sa.Boolean(), server_default=None)
        table.create_check_constraint(op.f("ck_job_run_attempt"), "attempt >= 1")


def downgrade() -> None:
    """Back to ticks that belong to whoever claimed them first."""
    with op.batch_alter_table("job_run") as table:
        table.drop_constraint(op.f("ck_job_run_attempt"), type_="check")
        table.drop_column("is_by_hand")
        table.drop_column("stands_from")
        table.drop_column("attempt")
        table.drop_column("lease_until")
