"""Clusters of systems by function (機能のまとまり)."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STAGES = ("waiting", "running", "done", "failed")
ADOPTIONS = ("adopted", "not_adopted", "no_duty", "unknown")
JOININGS = ("function", "package", "officer")
CORRECTIONS = ("remove", "add", "merge")


def upgrade() -> None:
    """Create runs, readings of the cases, clusters with members, and corrections."""
    _create_runs()
    op.create_table(
        "system_reading",
        sa.Column("proposal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("functions", sa.JSON(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("duties", sa.JSON(), nullable=False),
        _enum("adoption", ADOPTIONS),
        sa.Column("adoption_words", sa.Text(), nullable=False),
        sa.Column("vectors", sa.LargeBinary(), nullable=False),
        _reference("system_reading", "proposal_id", "proposal"),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_system_reading")),
    )
    op.create_table(
        "cluster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _reference("cluster", "round_id", "round"),
        _reference("cluster", "merged_into_id", "cluster"),
        sa.CheckConstraint(
            "merged_into_id IS NULL OR ended_at IS NOT NULL", name=op.f("ck_cluster_merged_ended")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster")),
    )
    op.create_index("ix_cluster_round_id_ended_at", "cluster", ["round_id", "ended_at"])
    op.create_table(
        "cluster_member",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        _enum("joined_by", JOININGS),
        sa.Column("links", sa.JSON(), nullable=False),
        _reference("cluster_member", "cluster_id", "cluster"),
        _reference("cluster_member", "proposal_id", "proposal"),
        sa.PrimaryKeyConstraint("cluster_id", "proposal_id", name=op.f("pk_cluster_member")),
    )
    op.create_index("ix_cluster_member_proposal_id", "cluster_member", ["proposal_id"])
    _create_corrections()


def _create_runs() -> None:
    op.create_table(
        "cluster_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        _enum("stage", STAGES),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cases_total", sa.Integer(), nullable=False),
        sa.Column("cases_done", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.String(length=64), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _reference("cluster_run", "round_id", "round"),
        _reference("cluster_run", "requested_by_id", "user_account"),
        sa.CheckConstraint(
            "cases_done >= 0 AND cases_total >= 0", name=op.f("ck_cluster_run_cases")
        ),
        sa.CheckConstraint(
            "(stage IN ('done', 'failed')) = (finished_at IS NOT NULL)",
            name=op.f("ck_cluster_run_finished_at_end"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster_run")),
    )
    op.create_index("ix_cluster_run_stage", "cluster_run", ["stage"])
    op.create_index("ix_cluster_run_round_id", "cluster_run", ["round_id"])


def _create_corrections() -> None:
    op.create_table(
        "cluster_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        _enum("kind", CORRECTIONS),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("other_cluster_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("corrected_by_id", sa.Integer(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        _reference("cluster_correction", "cluster_id", "cluster"),
        _reference("cluster_correction", "proposal_id", "proposal"),
        _reference("cluster_correction", "other_cluster_id", "cluster"),
        _reference("cluster_correction", "corrected_by_id", "user_account"),
        sa.CheckConstraint(
            "(kind = 'merge') = (other_cluster_id IS NOT NULL)",
            name=op.f("ck_cluster_correction_cluster_of_merge"),
        ),
        sa.CheckConstraint(
            "(kind = 'merge') = (proposal_id IS NULL)",
            name=op.f("ck_cluster_correction_case_of_rest"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cluster_correction")),
    )
    op.create_index("ix_cluster_correction_cluster_id", "cluster_correction", ["cluster_id"])


def _enum(name: str, words: tuple[str, ...]) -> sa.Column[str]:
    kind = sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
    return sa.Column(name, kind, nullable=False)


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name)


def downgrade() -> None:
    """Take it back: the proposals stay as they are."""
    op.drop_table("cluster_correction")
    op.drop_table("cluster_member")
    op.drop_table("cluster")
    op.drop_table("system_reading")
    op.drop_table("cluster_run")
