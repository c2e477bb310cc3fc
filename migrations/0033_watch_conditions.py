"""Conditions to look at a case again, and what was found (見直しの条件・確認の記録)."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the watches, their versions and checks."""
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("check_on", sa.Date(), nullable=True),
        sa.Column("register_entry_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", _state("status"), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _points("watch", "proposal_id", "proposal"),
        _points("watch", "register_entry_id", "register_entry"),
        _points("watch", "owner_id", "user_account"),
        _points("watch", "created_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch")),
    )
    for column in ("proposal_id", "register_entry_id", "owner_id"):
        op.create_index(op.f(f"ix_watch_{column}"), "watch", [column])
    op.create_index("ix_watch_status_check_on", "watch", ["status", "check_on"])
    op.create_table(
        "watch_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("check_on", sa.Date(), nullable=True),
        sa.Column("register_entry_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_watch_version_number")),
        _points("watch_version", "watch_id", "watch"),
        _points("watch_version", "register_entry_id", "register_entry"),
        _points("watch_version", "owner_id", "user_account"),
        _points("watch_version", "written_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_version")),
        sa.UniqueConstraint("watch_id", "number", name=op.f("uq_watch_version_watch_id_number")),
    )
    op.create_table(
        "watch_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch_id", sa.Integer(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("outcome", _state("outcome"), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("checked_by_id", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        _points("watch_check", "watch_id", "watch"),
        _points("watch_check", "checked_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_check")),
    )
    op.create_index(op.f("ix_watch_check_watch_id"), "watch_check", ["watch_id"])


def downgrade() -> None:
    """Remove them."""
    op.drop_table("watch_check")
    op.drop_table("watch_version")
    op.drop_table("watch")


def _state(name: str) -> sa.Enum:
    return sa.Enum(
        "open", "met", "ended", name=name, native_enum=False, create_constraint=True, length=32
    )


def _points(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)
