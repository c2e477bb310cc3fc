"""Hand-overs and their receipt (授受)."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Table of what was handed over; what was sent before this is not asked about."""
    op.create_table(
        "transfer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=14), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "return",
                "release",
                "reply",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("from_body_id", sa.Integer(), nullable=False),
        sa.Column("to_body_id", sa.Integer(), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(kind = 'reply') = (to_body_id IS NULL)", name=op.f("ck_transfer_receiver")
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)",
            name=op.f("ck_transfer_confirmed_by_somebody"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_transfer_{column}_{table}")
            )
            for column, table in (
                ("proposal_id", "proposal"),
                ("from_body_id", "organization"),
                ("to_body_id", "organization"),
                ("sent_by_id", "user_account"),
                ("confirmed_by_id", "user_account"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("number", name=op.f("uq_transfer_number")),
        sa.UniqueConstraint(
            "proposal_id", "kind", "source_id", name=op.f("uq_transfer_proposal_id_kind_source_id")
        ),
    )
    for column in ("proposal_id", "from_body_id", "to_body_id"):
        op.create_index(op.f(f"ix_transfer_{column}"), "transfer", [column], unique=False)
    op.create_index("ix_transfer_confirmed_at_due_on", "transfer", ["confirmed_at", "due_on"])


def downgrade() -> None:
    """Hand-overs and receipts go; the trail keeps who received what."""
    op.drop_table("transfer")
