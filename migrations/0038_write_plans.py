"""Plans of candidates: sections, submitted versions, comments (共通化推進方針)."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

REFUSAL = "a submitted version of a plan is never changed"
# The decision is added once; all else stays as it was submitted.
KEPT = (
    "plan_id",
    "number",
    "content",
    "writer_ids",
    "reason",
    "submitted_by_id",
    "submitted_at",
)


def upgrade() -> None:
    """Add the plans; a submitted version gets its decision once, and is never removed."""
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("outline_edition", sa.String(length=20), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "approved",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("started_by_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("fiscal_year BETWEEN 2019 AND 2100", name=op.f("ck_plan_fiscal_year")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidate.id"], name=op.f("fk_plan_candidate_id_candidate")
        ),
        sa.ForeignKeyConstraint(
            ["started_by_id"], ["user_account.id"], name=op.f("fk_plan_started_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("candidate_id", name=op.f("uq_plan_candidate_id")),
    )
    op.create_index("ix_plan_status_due_on", "plan", ["status", "due_on"], unique=False)
    op.create_table(
        "plan_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(written_at IS NULL) = (written_by_id IS NULL)",
            name=op.f("ck_plan_section_written_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_section_plan_id_plan")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"],
            ["user_account.id"],
            name=op.f("fk_plan_section_written_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_section")),
        sa.UniqueConstraint("plan_id", "key", name=op.f("uq_plan_section_plan_id_key")),
    )
    op.create_table(
        "plan_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("writer_ids", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "approved",
                "returned",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_by_id IS NULL)"
            " AND (decision IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_plan_version_decision_complete"),
        ),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> submitted_by_id",
            name=op.f("ck_plan_version_two_people"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_plan_version_number")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_plan_version_decided_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_version_plan_id_plan")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"],
            ["user_account.id"],
            name=op.f("fk_plan_version_submitted_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_version_plan_id_number")),
    )
    op.create_table(
        "plan_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_version_id", sa.Integer(), nullable=False),
        sa.Column("section_key", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_plan_comment_answer_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_plan_comment_answered_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_version_id"],
            ["plan_version.id"],
            name=op.f("fk_plan_comment_plan_version_id_plan_version"),
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"],
            ["user_account.id"],
            name=op.f("fk_plan_comment_written_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_comment")),
    )
    op.create_index(
        op.f("ix_plan_comment_plan_version_id"), "plan_comment", ["plan_version_id"], unique=False
    )
    if op.get_bind().dialect.name == "sqlite":
        _protect_sqlite()
    else:
        _protect_postgresql()


def _protect_sqlite() -> None:
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in KEPT)
    op.execute(
        "CREATE TRIGGER plan_version_no_update BEFORE UPDATE ON plan_version "
        f"WHEN OLD.decision IS NOT NULL OR {changed} "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )
    op.execute(
        "CREATE TRIGGER plan_version_no_delete BEFORE DELETE ON plan_version "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )


def _protect_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_plan_version_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    # JSON has no equality of its own: its text has.
    changed = " OR ".join(f"NEW.{name}::text IS DISTINCT FROM OLD.{name}::text" for name in KEPT)
    op.execute(
        "CREATE TRIGGER plan_version_no_update BEFORE UPDATE ON plan_version FOR EACH ROW "
        f"WHEN (OLD.decision IS NOT NULL OR {changed}) "
        "EXECUTE FUNCTION refuse_plan_version_change()"
    )
    for verb, each in (("delete", "ROW"), ("truncate", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER plan_version_no_{verb} BEFORE {verb.upper()} ON plan_version "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_plan_version_change()"
        )


def downgrade() -> None:
    """Remove them with their protection."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        op.execute("DROP TRIGGER plan_version_no_update")
        op.execute("DROP TRIGGER plan_version_no_delete")
    op.drop_index(op.f("ix_plan_comment_plan_version_id"), table_name="plan_comment")
    op.drop_table("plan_comment")
    op.drop_table("plan_version")
    if not is_sqlite:
        op.execute("DROP FUNCTION refuse_plan_version_change()")
    op.drop_table("plan_section")
    op.drop_index("ix_plan_status_due_on", table_name="plan")
    op.drop_table("plan")
