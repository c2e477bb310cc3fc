"""Splits, merges and duplicates of cases (分割・統合・重複)."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

FORMER_STATES = (
    "draft",
    "submitted",
    "returned",
    "accepted",
    "in_review",
    "in_confirmation",
    "pending",
    "classified",
    "closed",
    "withdrawn",
)
STATES = (*FORMER_STATES, "merged")
FORMER_NUMBERS = ("round_id", "receipt_sequence")
NUMBERS = (*FORMER_NUMBERS, "branch_number")


def upgrade() -> None:
    """A case can go into another one, and be split into parts with branch numbers."""
    with op.batch_alter_table("proposal") as batch:
        batch.add_column(
            sa.Column("branch_number", sa.Integer(), nullable=False, server_default="1")
        )
        batch.add_column(sa.Column("merged_into_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("proposal") as batch:
        batch.alter_column(
            "branch_number",
            existing_type=sa.Integer(),
            existing_nullable=False,
            server_default=None,
        )
        _change_states(batch, STATES)
        _change_numbers(batch, FORMER_NUMBERS, NUMBERS)
        batch.create_check_constraint(op.f("ck_proposal_branch_number"), "branch_number > 0")
        batch.create_check_constraint(
            op.f("ck_proposal_merged_into_another"),
            "(state = 'merged') = (merged_into_id IS NOT NULL)",
        )
        batch.create_index(op.f("ix_proposal_merged_into_id"), ["merged_into_id"])
    _create_case_merge()
    _create_case_split()
    _create_duplicate_mark()


def downgrade() -> None:
    """Take it back; a merged case is a withdrawn one to the older program.

    Refused while there is a part (RuntimeError): its number has no place in the older tables.
    """
    parts = op.get_bind().scalar(sa.text("SELECT count(*) FROM proposal WHERE branch_number > 1"))
    if parts:
        raise RuntimeError(f"{parts} parts of split cases have no place in the older tables")
    op.drop_table("duplicate_mark")
    op.drop_table("split_part")
    op.drop_table("case_split")
    op.drop_table("case_merge")
    with op.batch_alter_table("proposal") as batch:
        batch.drop_index(op.f("ix_proposal_merged_into_id"))
        batch.drop_constraint(op.f("ck_proposal_merged_into_another"), type_="check")
        batch.drop_constraint(op.f("ck_proposal_branch_number"), type_="check")
    op.execute("UPDATE proposal SET state = 'withdrawn' WHERE state = 'merged'")
    with op.batch_alter_table("proposal") as batch:
        _change_states(batch, FORMER_STATES)
        _change_numbers(batch, NUMBERS, FORMER_NUMBERS)
        batch.drop_column("merged_into_id")
        batch.drop_column("branch_number")


def _change_states(batch: Any, states: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{state}'" for state in states)
    batch.drop_constraint(op.f("ck_proposal_state"), type_="check")
    batch.create_check_constraint(op.f("ck_proposal_state"), f"state IN ({listed})")


def _change_numbers(batch: Any, before: tuple[str, ...], after: tuple[str, ...]) -> None:
    batch.drop_constraint(op.f(f"uq_proposal_{'_'.join(before)}"), type_="unique")
    batch.create_unique_constraint(op.f(f"uq_proposal_{'_'.join(after)}"), list(after))


def _undoing(table: str) -> list[sa.schema.SchemaItem]:
    """Columns of what can be undone (取消し): all three or none."""
    return [
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undo_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL)", name=op.f(f"ck_{table}_undo_complete")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by_id"],
            ["user_account.id"],
            name=op.f(f"fk_{table}_undone_by_id_user_account"),
        ),
    ]


def _pointing(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def _create_case_merge() -> None:
    op.create_table(
        "case_merge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("absorbed_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merged_by_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("standing", sa.JSON(), nullable=False),
        *_undoing("case_merge"),
        sa.CheckConstraint("absorbed_id <> target_id", name=op.f("ck_case_merge_two_cases")),
        _pointing("case_merge", "absorbed_id", "proposal"),
        _pointing("case_merge", "target_id", "proposal"),
        _pointing("case_merge", "merged_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_merge")),
    )
    op.create_index(
        "uq_case_merge_standing",
        "case_merge",
        ["absorbed_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index(op.f("ix_case_merge_target_id"), "case_merge", ["target_id"])


def _create_case_split() -> None:
    op.create_table(
        "case_split",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("original_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("split_by_id", sa.Integer(), nullable=False),
        sa.Column("split_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content_before", sa.JSON(), nullable=False),
        sa.Column("revision_number", sa.Integer(), nullable=False),
        *_undoing("case_split"),
        _pointing("case_split", "original_id", "proposal"),
        _pointing("case_split", "split_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_split")),
    )
    op.create_index(op.f("ix_case_split_original_id"), "case_split", ["original_id"])
    op.create_table(
        "split_part",
        sa.Column("proposal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("split_id", sa.Integer(), nullable=False),
        _pointing("split_part", "proposal_id", "proposal"),
        _pointing("split_part", "split_id", "case_split"),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_split_part")),
    )
    op.create_index(op.f("ix_split_part_split_id"), "split_part", ["split_id"])


def _create_duplicate_mark() -> None:
    op.create_table(
        "duplicate_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("duplicate_of_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("marked_by_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        *_undoing("duplicate_mark"),
        sa.CheckConstraint(
            "proposal_id <> duplicate_of_id", name=op.f("ck_duplicate_mark_two_cases")
        ),
        _pointing("duplicate_mark", "proposal_id", "proposal"),
        _pointing("duplicate_mark", "duplicate_of_id", "proposal"),
        _pointing("duplicate_mark", "marked_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicate_mark")),
    )
    op.create_index(
        "uq_duplicate_mark_standing",
        "duplicate_mark",
        ["proposal_id", "duplicate_of_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index(
        op.f("ix_duplicate_mark_duplicate_of_id"), "duplicate_mark", ["duplicate_of_id"]
    )
