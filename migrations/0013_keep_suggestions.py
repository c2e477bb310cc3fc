"""Suggestions of a category and what became of them (分類の候補)."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

RULES = ("control_number", "name", "example", "survey", "words", "meaning")
VERDICTS = ("accepted", "rejected")
IN_FORCE = "verdict = 'rejected' AND taken_back_at IS NULL"


def _chosen(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """Suggestions of a category and what became of them (分類の候補)."""
    op.create_table(
        "suggestion_verdict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("register_entry_id", sa.Integer(), nullable=False),
        sa.Column("category_key", sa.String(length=16), nullable=False),
        sa.Column("rule", _chosen("rule", RULES), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("span_start", sa.Integer(), nullable=False),
        sa.Column("span_end", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("verdict", _chosen("verdict", VERDICTS), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("engine_version", sa.String(length=16), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "span_start >= 0 AND span_end > span_start", name=op.f("ck_suggestion_verdict_span")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_suggestion_verdict_proposal_id_proposal"),
        ),
        sa.ForeignKeyConstraint(
            ["register_entry_id"],
            ["register_entry.id"],
            name=op.f("fk_suggestion_verdict_register_entry_id_register_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_suggestion_verdict_decided_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_verdict")),
    )
    op.create_index(
        op.f("ix_suggestion_verdict_proposal_id"), "suggestion_verdict", ["proposal_id"]
    )
    op.create_index(
        "uq_suggestion_verdict_rejected",
        "suggestion_verdict",
        ["proposal_id", "register_entry_id", "decided_by_id"],
        unique=True,
        sqlite_where=sa.text(IN_FORCE),
        postgresql_where=sa.text(IN_FORCE),
    )
    _create_shown()


def _create_shown() -> None:
    op.create_table(
        "shown_suggestion",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("register_entry_id", sa.Integer(), nullable=False),
        sa.Column("category_key", sa.String(length=16), nullable=False),
        sa.Column("rule", _chosen("rule", RULES), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("span_start", sa.Integer(), nullable=False),
        sa.Column("span_end", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("engine_version", sa.String(length=16), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", _chosen("verdict", VERDICTS), nullable=True),
        sa.CheckConstraint("position > 0", name=op.f("ck_shown_suggestion_position")),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_shown_suggestion_assessment_id_assessment"),
        ),
        sa.ForeignKeyConstraint(
            ["register_entry_id"],
            ["register_entry.id"],
            name=op.f("fk_shown_suggestion_register_entry_id_register_entry"),
        ),
        sa.PrimaryKeyConstraint("assessment_id", "position", name=op.f("pk_shown_suggestion")),
        sa.UniqueConstraint(
            "assessment_id",
            "register_entry_id",
            name=op.f("uq_shown_suggestion_assessment_id_register_entry_id"),
        ),
    )
    op.create_index(op.f("ix_shown_suggestion_shown_at"), "shown_suggestion", ["shown_at"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("shown_suggestion")
    op.drop_table("suggestion_verdict")
