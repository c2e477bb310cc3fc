"""Letters to many, written by one and released by another (一斉連絡)."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the letters to many."""
    op.create_table(
        "mailing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "audience",
            _words(
                "audience",
                "submitted",
                "returned",
                "in_triage",
                "closed",
                "without_proposal",
                "all_bodies",
                "ministries",
            ),
            nullable=False,
        ),
        sa.Column("seats", sa.JSON(), nullable=False),
        sa.Column("org_types", sa.JSON(), nullable=False),
        sa.Column(
            "stage",
            _words("stage", "draft", "confirmed", "released", "cancelled"),
            nullable=False,
        ),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("writer_ids", sa.JSON(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_ids", sa.JSON(), nullable=False),
        sa.Column("confirmed_hash", sa.String(64), nullable=False),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "stage NOT IN ('confirmed', 'released') OR confirmed_by_id IS NOT NULL",
            name=op.f("ck_mailing_confirmed_by_somebody"),
        ),
        sa.CheckConstraint(
            "stage <> 'released' OR (released_by_id IS NOT NULL AND sends_at IS NOT NULL)",
            name=op.f("ck_mailing_released_by_somebody"),
        ),
        sa.CheckConstraint(
            "released_by_id IS NULL"
            " OR (released_by_id <> created_by_id AND released_by_id <> confirmed_by_id)",
            name=op.f("ck_mailing_two_people"),
        ),
        sa.CheckConstraint(
            "(stage = 'cancelled') = (cancelled_by_id IS NOT NULL)",
            name=op.f("ck_mailing_cancelled_by_somebody"),
        ),
        _points("round_id", "round"),
        *(
            _points(f"{act}_by_id", "user_account")
            for act in ("created", "confirmed", "released", "cancelled")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
    )
    op.create_index(op.f("ix_mailing_round_id"), "mailing", ["round_id"])
    op.create_index("ix_mailing_stage_created_at", "mailing", ["stage", "created_at"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("mailing")


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _points(column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_mailing_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)
