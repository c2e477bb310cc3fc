"""Keep every meeting paper that was made (会議資料の版)."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

REFUSAL = "a meeting paper that was made is never changed"


def upgrade() -> None:
    """Add the versions; what was made can be neither changed nor removed."""
    op.create_table(
        "paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("blocks", sa.JSON(), nullable=False),
        sa.Column("sheets", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_paper_number")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_paper_round_id_round")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user_account.id"], name=op.f("fk_paper_made_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
        sa.UniqueConstraint("round_id", "number", name=op.f("uq_paper_round_id_number")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _protect_sqlite()
    else:
        _protect_postgresql()


def _protect_sqlite() -> None:
    for verb in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER paper_no_{verb} BEFORE {verb.upper()} ON paper "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def _protect_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_paper_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER paper_no_change BEFORE UPDATE OR DELETE ON paper "
        "FOR EACH ROW EXECUTE FUNCTION refuse_paper_change()"
    )
    op.execute(
        "CREATE TRIGGER paper_no_truncate BEFORE TRUNCATE ON paper "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_paper_change()"
    )


def downgrade() -> None:
    """Remove the versions with their protection."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER paper_no_update")
        op.execute("DROP TRIGGER paper_no_delete")
        op.drop_table("paper")
    else:
        op.drop_table("paper")
        op.execute("DROP FUNCTION refuse_paper_change()")
