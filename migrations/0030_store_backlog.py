"""Store the backlog of each morning, and who gets its report (滞留の記録・報告の購読)."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

REFUSAL = "a stored backlog is never changed"
KINDS = ("daily", "weekly")


def _kind() -> sa.Enum:
    return sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """Add both tables; what is stored of a morning can be neither changed nor removed."""
    op.create_table(
        "backlog_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("kind", _kind(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("moment", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fold_seq", sa.Integer(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.CheckConstraint("fold_seq >= 0", name=op.f("ck_backlog_snapshot_fold_seq")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_backlog_snapshot_round_id_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backlog_snapshot")),
        sa.UniqueConstraint(
            "round_id", "kind", "day", name=op.f("uq_backlog_snapshot_round_id_kind_day")
        ),
    )
    op.create_index("ix_backlog_snapshot_day", "backlog_snapshot", ["day"])
    op.create_table(
        "report_subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", _kind(), nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_report_subscription_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_subscription")),
        sa.UniqueConstraint("user_id", "kind", name=op.f("uq_report_subscription_user_id_kind")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _protect_sqlite()
    else:
        _protect_postgresql()


def _protect_sqlite() -> None:
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER backlog_snapshot_no_{verb} BEFORE {verb.upper()} ON backlog_snapshot "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def _protect_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_backlog_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER backlog_snapshot_no_change BEFORE UPDATE OR DELETE ON backlog_snapshot "
        "FOR EACH ROW EXECUTE FUNCTION refuse_backlog_change()"
    )
    op.execute(
        "CREATE TRIGGER backlog_snapshot_no_truncate BEFORE TRUNCATE ON backlog_snapshot "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_backlog_change()"
    )


def downgrade() -> None:
    """Remove both tables with their protection."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER backlog_snapshot_no_update")
        op.execute("DROP TRIGGER backlog_snapshot_no_delete")
        op.drop_table("backlog_snapshot")
    else:
        op.drop_table("backlog_snapshot")
        op.execute("DROP FUNCTION refuse_backlog_change()")
    op.drop_table("report_subscription")
