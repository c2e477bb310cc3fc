"""Yearly training and pledge of every account (研修・誓約)."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

# Whoever is there already has as long to pledge as everybody is told ahead.
GRACE = {True: "date('now', '+30 days')", False: "CURRENT_DATE + 30"}


def upgrade() -> None:
    """Add the last day to the accounts, and the table of what was pledged."""
    op.add_column("user_account", sa.Column("attested_until", sa.Date(), nullable=True))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(f"UPDATE user_account SET attested_until = {GRACE[is_sqlite]}")  # noqa: S608 - ours
    op.create_index("ix_user_account_attested_until", "user_account", ["attested_until"])
    op.create_table(
        "attestation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("text_version", sa.Integer(), nullable=False),
        sa.Column("attested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.CheckConstraint("text_version > 0", name=op.f("ck_attestation_text_version_positive")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_attestation_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attestation")),
    )
    op.create_index(op.f("ix_attestation_user_id"), "attestation", ["user_id"])


def downgrade() -> None:
    """Take them away; the trail keeps who pledged."""
    op.drop_table("attestation")
    op.drop_index("ix_user_account_attested_until", "user_account")
    op.drop_column("user_account", "attested_until")
