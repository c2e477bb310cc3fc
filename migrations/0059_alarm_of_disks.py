"""Alarms of disks that fill up (保存場所の空きの警報)."""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

BEFORE = ("failed", "late", "cut_short", "clock", "audit_broken")


def upgrade() -> None:
    """Let an alarm be about a disk."""
    _limit_to((*BEFORE, "disk"))


def downgrade() -> None:
    """Alarms of disks go; they are read from the disk again."""
    op.execute("DELETE FROM job_alarm WHERE kind = 'disk'")
    _limit_to(BEFORE)


def _limit_to(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("job_alarm") as table:
        table.drop_constraint(op.f("ck_job_alarm_kind"), type_="check")
        table.create_check_constraint(op.f("ck_job_alarm_kind"), f"kind IN ({listed})")
