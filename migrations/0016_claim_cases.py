"""Who has a case on the desk or passed it over, half-written opinions (着手・後回し・下書き)."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

PILES = (
    "form_check",
    "assignment",
    "review",
    "confirmation",
    "second_dispute",
    "revisit",
)
RELEASES = ("done", "returned", "skipped", "taken_over", "expired", "overtaken")


def upgrade() -> None:
    """Make the tables of claims, of skipped cases and of the drafts of opinions."""
    op.create_table(
        "case_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("pile", _words("pile", PILES), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release", _words("release", RELEASES), nullable=True),
        sa.CheckConstraint(
            "(released_at IS NULL) = (release IS NULL)",
            name=op.f("ck_case_claim_released_somehow"),
        ),
        *_keys("case_claim"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_claim")),
    )
    _unique_current("case_claim", ["proposal_id"], "released_at IS NULL")
    op.create_index("ix_case_claim_user_id_released_at", "case_claim", ["user_id", "released_at"])
    op.create_table(
        "case_skip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        *_keys("case_skip"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_skip")),
    )
    _unique_current("case_skip", ["proposal_id", "user_id"], "ended_at IS NULL")
    op.create_index("ix_case_skip_user_id_ended_at", "case_skip", ["user_id", "ended_at"])
    op.create_table(
        "opinion_draft",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        *_keys("opinion_draft"),
        sa.PrimaryKeyConstraint("proposal_id", "user_id", name=op.f("pk_opinion_draft")),
    )


def downgrade() -> None:
    """Take it back: claims, skipped cases and drafts of opinions are lost."""
    op.drop_table("opinion_draft")
    op.drop_index("ix_case_skip_user_id_ended_at", table_name="case_skip")
    op.drop_index("uq_case_skip_current", table_name="case_skip")
    op.drop_table("case_skip")
    op.drop_index("ix_case_claim_user_id_released_at", table_name="case_claim")
    op.drop_index("uq_case_claim_current", table_name="case_claim")
    op.drop_table("case_claim")


def _words(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _keys(table: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f(f"fk_{table}_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f(f"fk_{table}_user_id_user_account")
        ),
    ]


def _unique_current(table: str, columns: list[str], condition: str) -> None:
    op.create_index(
        f"uq_{table}_current",
        table,
        columns,
        unique=True,
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )
