"""Tokens with which a program reads for a person (APIトークン); tries with wrong ones."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

KEYS = "api_token"
OF_ROUND = "api_token_round"
STEPS = ("password", "factor", "reset")
STEP = "ck_sign_in_attempt_step"


def upgrade() -> None:
    """Keep tokens, the rounds they are for, and wrong ones among the tries."""
    op.create_table(
        KEYS,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("is_for_all_rounds", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "end",
            sa.Enum(
                "revoked",
                "owner_changed",
                name="end",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("requests", "minute", "minute_requests")
        ),
        sa.CheckConstraint(
            '(ended_at IS NULL) = ("end" IS NULL)', name=op.f("ck_api_token_end_complete")
        ),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_api_token_expires_later")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_api_token_{column}_{table}")
            )
            for column, table in (
                ("user_id", "user_account"),
                ("organization_id", "organization"),
                ("body_id", "organization"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_user_id"), KEYS, ["user_id"])
    op.create_table(
        OF_ROUND,
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["token_id"], ["api_token.id"], name=op.f("fk_api_token_round_token_id_api_token")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_api_token_round_round_id_round")
        ),
        sa.PrimaryKeyConstraint("token_id", "round_id", name=op.f("pk_api_token_round")),
    )
    op.create_index(op.f("ix_api_token_round_round_id"), OF_ROUND, ["round_id"])
    _allow_steps(*STEPS, "token")


def downgrade() -> None:
    """Take them away: no program reads any more."""
    op.execute("DELETE FROM sign_in_attempt WHERE step = 'token'")
    _allow_steps(*STEPS)
    op.drop_index(op.f("ix_api_token_round_round_id"), OF_ROUND)
    op.drop_table(OF_ROUND)
    op.drop_index(op.f("ix_api_token_user_id"), KEYS)
    op.drop_table(KEYS)


def _allow_steps(*steps: str) -> None:
    listed = ", ".join(f"'{step}'" for step in steps)
    with op.batch_alter_table("sign_in_attempt") as batch:
        batch.drop_constraint(op.f(STEP), type_="check")
        batch.create_check_constraint(op.f(STEP), f"step IN ({listed})")
