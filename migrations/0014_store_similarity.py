"""Vectors of the texts and what was said of pairs (類似の判定)."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index of the texts and the verdicts on pairs of cases."""
    op.create_table(
        "proposal_vector",
        sa.Column("proposal_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("proposal_version", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.Column("engine", sa.String(length=32), nullable=False),
        sa.Column("meaning", sa.LargeBinary(), nullable=False),
        sa.Column("pairs", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_proposal_vector_proposal_id_proposal"),
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_proposal_vector")),
    )
    op.create_table(
        "pair_verdict",
        sa.Column("lower_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("higher_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "not_duplicate",
                "suspected",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("lower_id < higher_id", name=op.f("ck_pair_verdict_two_proposals")),
        sa.ForeignKeyConstraint(
            ["lower_id"], ["proposal.id"], name=op.f("fk_pair_verdict_lower_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["higher_id"], ["proposal.id"], name=op.f("fk_pair_verdict_higher_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"],
            ["user_account.id"],
            name=op.f("fk_pair_verdict_given_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("lower_id", "higher_id", name=op.f("pk_pair_verdict")),
    )
    op.create_index(op.f("ix_pair_verdict_higher_id"), "pair_verdict", ["higher_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index(op.f("ix_pair_verdict_higher_id"), "pair_verdict")
    op.drop_table("pair_verdict")
    op.drop_table("proposal_vector")
