"""Mail is delivered: attempts, delivery state, holding back, reading (メールの送信)."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

BEFORE = ("queued", "sent", "parked")
AFTER = (
    "held",
    "queued",
    "sending",
    "sent",
    "bounced",
    "parked",
    "withheld",
    "cancelled",
    "dropped",
)
RESULTS = ("sent", "refused", "broken", "bounced", "parked")


def _limit_to(values: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table("outbox_message") as table:
        table.drop_constraint(op.f("ck_outbox_message_status"), type_="check")
        table.create_check_constraint(op.f("ck_outbox_message_status"), f"status IN ({listed})")


def upgrade() -> None:
    """Add what the delivery of a message needs; messages that wait go on waiting."""
    _limit_to(AFTER)
    with op.batch_alter_table("outbox_message") as table:
        for name, kind in (("letter", sa.String(40)), ("path", sa.String(200))):
            table.add_column(sa.Column(name, kind, nullable=False, server_default=""))
        table.add_column(sa.Column("about_type", sa.String(32), nullable=False, server_default=""))
        table.add_column(sa.Column("about_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("round_key", sa.String(20), nullable=False, server_default=""))
        table.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("refusals", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("last_error", sa.Text(), nullable=False, server_default=""))
        for name in ("next_try_at", "lease_until", "sent_at", "valid_until", "read_at"):
            table.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("stopped_by_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("stop_reason", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("outbox_message") as table:
        for name, kind in (
            ("letter", sa.String(40)),
            ("path", sa.String(200)),
            ("about_type", sa.String(32)),
            ("round_key", sa.String(20)),
            ("attempts", sa.Integer()),
            ("refusals", sa.Integer()),
            ("last_error", sa.Text()),
            ("stop_reason", sa.Text()),
        ):
            table.alter_column(name, existing_type=kind, server_default=None)
        table.create_check_constraint(op.f("ck_outbox_message_attempts"), "attempts >= 0")
        table.create_check_constraint(op.f("ck_outbox_message_refusals"), "refusals >= 0")
        table.create_index("ix_outbox_message_about_type_about_id", ["about_type", "about_id"])
        table.create_index("ix_outbox_message_status_next_try_at", ["status", "next_try_at"])
    op.execute("UPDATE outbox_message SET next_try_at = created_at WHERE status = 'queued'")
    _create_tables()


def _create_tables() -> None:
    listed = ", ".join(f"'{value}'" for value in RESULTS)
    op.create_table(
        "delivery_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(f"result IN ({listed})", name=op.f("ck_delivery_attempt_result")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_delivery_attempt_number")),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["outbox_message.id"],
            name=op.f("fk_delivery_attempt_message_id_outbox_message"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_attempt")),
        sa.UniqueConstraint(
            "message_id", "number", name=op.f("uq_delivery_attempt_message_id_number")
        ),
    )
    op.create_index(op.f("ix_delivery_attempt_message_id"), "delivery_attempt", ["message_id"])
    op.create_table(
        "letter_setting",
        sa.Column("letter", sa.String(length=40), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("letter", name=op.f("pk_letter_setting")),
    )
    op.create_table(
        "mail_server_state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_mail_server_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_server_state")),
    )


def downgrade() -> None:
    """Back to a box that only collects; what was on its way waits again."""
    for name in ("mail_server_state", "letter_setting", "delivery_attempt"):
        op.drop_table(name)
    op.execute("UPDATE outbox_message SET status = 'queued' WHERE status IN ('held', 'sending')")
    op.execute(
        "UPDATE outbox_message SET status = 'parked'"
        " WHERE status IN ('bounced', 'withheld', 'cancelled', 'dropped')"
    )
    with op.batch_alter_table("outbox_message") as table:
        table.drop_index("ix_outbox_message_status_next_try_at")
        table.drop_index("ix_outbox_message_about_type_about_id")
        table.drop_constraint(op.f("ck_outbox_message_refusals"), type_="check")
        table.drop_constraint(op.f("ck_outbox_message_attempts"), type_="check")
        for name in (
            "stop_reason",
            "stopped_at",
            "stopped_by_id",
            "read_at",
            "valid_until",
            "sent_at",
            "lease_until",
            "next_try_at",
            "last_error",
            "refusals",
            "attempts",
            "round_key",
            "about_id",
            "about_type",
            "path",
            "letter",
        ):
            table.drop_column(name)
    _limit_to(BEFORE)
