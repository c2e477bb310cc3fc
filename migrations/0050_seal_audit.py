"""Checkpoints of the trail, log of what was read (監査の封印・閲覧の記録)."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

REFUSAL = "checkpoints are never changed"


def upgrade() -> None:
    """Make both tables; refuse update and delete of the checkpoints."""
    op.create_table(
        "audit_checkpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.Column("is_restart", sa.Boolean(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("mac", sa.String(length=64), nullable=False),
        sa.CheckConstraint("seq >= 0", name=op.f("ck_audit_checkpoint_seq_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checkpoint")),
    )
    op.create_table(
        "read_log",
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_read_log_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint(
            "slot", "user_id", "subject_type", "subject_id", "part", name=op.f("pk_read_log")
        ),
    )
    op.create_index("ix_read_log_user_id_slot", "read_log", ["user_id", "slot"])
    op.create_index(
        "ix_read_log_subject_type_subject_id_slot",
        "read_log",
        ["subject_type", "subject_id", "slot"],
    )
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER audit_checkpoint_no_{verb} BEFORE {verb.upper()}"
                f" ON audit_checkpoint BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_checkpoint_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_checkpoint_no_change BEFORE UPDATE OR DELETE ON audit_checkpoint "
        "FOR EACH ROW EXECUTE FUNCTION refuse_checkpoint_change()"
    )
    op.execute(
        "CREATE TRIGGER audit_checkpoint_no_truncate BEFORE TRUNCATE ON audit_checkpoint "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_checkpoint_change()"
    )


def downgrade() -> None:
    """Take both away: the file of the checkpoints stays, the log of what was read is lost."""
    op.drop_index("ix_read_log_subject_type_subject_id_slot", table_name="read_log")
    op.drop_index("ix_read_log_user_id_slot", table_name="read_log")
    op.drop_table("read_log")
    # Its triggers go with it.
    op.drop_table("audit_checkpoint")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_checkpoint_change()")
