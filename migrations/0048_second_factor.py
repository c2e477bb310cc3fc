"""Second factor and reset of passwords (二要素認証・再設定)."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables of the second factor and of resets; steps of tries; day of the last password."""
    op.create_table(
        "factor_reset_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "decision",
            sa.Enum(
                "approved",
                "declined",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)"
            " AND (decision IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_factor_reset_request_decision_complete"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR"
            " (decided_by_id <> requested_by_id AND decided_by_id <> user_id)",
            name=op.f("ck_factor_reset_request_decided_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_factor_reset_request_decided_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"],
            ["user_account.id"],
            name=op.f("fk_factor_reset_request_requested_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_factor_reset_request_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_reset_request")),
    )
    op.create_index(
        "ix_factor_reset_request_user_id", "factor_reset_request", ["user_id"], unique=False
    )
    op.create_table(
        "half_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_half_session_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_half_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_half_session_token_hash")),
    )
    op.create_index(op.f("ix_half_session_user_id"), "half_session", ["user_id"], unique=False)
    op.create_table(
        "password_reset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("password_key", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "end",
            sa.Enum(
                "used", "replaced", name="end", native_enum=False, create_constraint=True, length=32
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            '(ended_at IS NULL) = ("end" IS NULL)', name=op.f("ck_password_reset_end_complete")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_password_reset_created_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_password_reset_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_password_reset_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_reset")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_reset_token_hash")),
    )
    op.create_index(op.f("ix_password_reset_user_id"), "password_reset", ["user_id"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_recovery_code_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_user_id"), "recovery_code", ["user_id"], unique=False)
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.String(length=200), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("pending_secret", sa.String(length=200), nullable=True),
        sa.Column("pending_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(pending_secret IS NULL) = (pending_at IS NULL)",
            name=op.f("ck_second_factor_pending_complete"),
        ),
        sa.CheckConstraint(
            "(secret IS NULL) = (confirmed_at IS NULL)",
            name=op.f("ck_second_factor_confirmed_with_secret"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_second_factor_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factor")),
    )

    op.add_column(
        "user_account",
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
    )
    step = sa.Enum(
        "password",
        "factor",
        "reset",
        name="step",
        native_enum=False,
        create_constraint=True,
        length=32,
    )
    with op.batch_alter_table("sign_in_attempt") as batch:
        batch.add_column(sa.Column("step", step, nullable=False, server_default="password"))
    with op.batch_alter_table("sign_in_attempt") as batch:
        batch.alter_column("step", server_default=None)


def downgrade() -> None:
    """Take them away: who had a second factor signs in by password alone."""
    op.drop_table("second_factor")
    op.drop_index(op.f("ix_recovery_code_user_id"), table_name="recovery_code")
    op.drop_table("recovery_code")
    op.drop_index(op.f("ix_password_reset_user_id"), table_name="password_reset")
    op.drop_table("password_reset")
    op.drop_index(op.f("ix_half_session_user_id"), table_name="half_session")
    op.drop_table("half_session")
    op.drop_index("ix_factor_reset_request_user_id", table_name="factor_reset_request")
    op.drop_table("factor_reset_request")
    op.drop_column("user_account", "password_changed_at")
    with op.batch_alter_table("sign_in_attempt") as batch:
        batch.drop_constraint(op.f("ck_sign_in_attempt_step"), type_="check")
        batch.drop_column("step")
