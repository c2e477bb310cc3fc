"""Skills, caps, absence, deputies, rules and plans of assignment (割当の計画)."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = ("ministry", "org_type", "words", "category")
STAGES = ("draft", "published", "discarded", "undone")


def upgrade() -> None:
    """Skills, caps, absence, deputies, rules and plans of assignment (割当の計画)."""
    _extend_conflicts()
    # No foreign key: SQLite could add one only by building the table anew.
    op.add_column("assessment", sa.Column("acting_for_id", sa.Integer(), nullable=True))
    _create_reviewers()
    _create_rules()
    _create_plans()


def _extend_conflicts() -> None:
    for name in ("declared_at", "ended_at"):
        op.add_column(
            "conflict_of_interest", sa.Column(name, sa.DateTime(timezone=True), nullable=True)
        )
    for name in ("declared_by_id", "ended_by_id"):
        op.add_column("conflict_of_interest", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("conflict_of_interest", sa.Column("end_reason", sa.Text(), nullable=True))


def _create_reviewers() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("deputy_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_absence_period_order")),
        sa.CheckConstraint(
            "deputy_id IS NULL OR deputy_id <> user_id", name=op.f("ck_absence_another_person")
        ),
        *_people("absence", "user_id", "deputy_id", "created_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_user_id"), "absence", ["user_id"], unique=False)
    op.create_index(op.f("ix_absence_deputy_id"), "absence", ["deputy_id"], unique=False)
    op.create_table(
        "skill_tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_tag")),
        sa.UniqueConstraint("label", name=op.f("uq_skill_tag_label")),
    )
    op.create_table(
        "reviewer_profile",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("cap", sa.Integer(), nullable=True),
        sa.Column("takes_work", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "cap IS NULL OR cap >= 0", name=op.f("ck_reviewer_profile_cap_positive")
        ),
        *_people("reviewer_profile", "user_id"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_reviewer_profile")),
    )
    op.create_table(
        "reviewer_skill",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        *_people("reviewer_skill", "user_id"),
        _to("reviewer_skill", "tag_id", "skill_tag"),
        sa.PrimaryKeyConstraint("user_id", "tag_id", name=op.f("pk_reviewer_skill")),
    )
    op.create_index(op.f("ix_reviewer_skill_tag_id"), "reviewer_skill", ["tag_id"], unique=False)


def _create_rules() -> None:
    op.create_table(
        "assignment_rule_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        *_people("assignment_rule_set", "created_by_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_rule_set")),
        sa.UniqueConstraint("number", name=op.f("uq_assignment_rule_set_number")),
    )
    op.create_table(
        "assignment_rule",
        sa.Column("rule_set_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", _words("kind", KINDS), nullable=False),
        sa.Column("value", sa.String(length=100), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=True),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(tag_id IS NULL) <> (reviewer_id IS NULL)", name=op.f("ck_assignment_rule_one_target")
        ),
        _to("assignment_rule", "rule_set_id", "assignment_rule_set"),
        _to("assignment_rule", "tag_id", "skill_tag"),
        *_people("assignment_rule", "reviewer_id"),
        sa.PrimaryKeyConstraint("rule_set_id", "position", name=op.f("pk_assignment_rule")),
    )


def _create_plans() -> None:
    op.create_table(
        "assignment_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewers_per_case", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("rule_set_id", sa.Integer(), nullable=True),
        sa.Column("stage", _words("stage", STAGES), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_key", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "reviewers_per_case > 0", name=op.f("ck_assignment_plan_reviewers_positive")
        ),
        sa.CheckConstraint(
            "(stage = 'draft') = (decided_at IS NULL)",
            name=op.f("ck_assignment_plan_decided_when_over"),
        ),
        _to("assignment_plan", "round_id", "round"),
        *_people("assignment_plan", "created_by_id"),
        _to("assignment_plan", "rule_set_id", "assignment_rule_set"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_plan")),
    )
    op.create_index(
        op.f("ix_assignment_plan_created_by_id"),
        "assignment_plan",
        ["created_by_id"],
        unique=False,
    )
    op.create_index(
        "ix_assignment_plan_round_id_stage", "assignment_plan", ["round_id", "stage"], unique=False
    )
    op.create_table(
        "assignment_plan_row",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.Column("suggested_key", sa.String(length=16), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        _to("assignment_plan_row", "plan_id", "assignment_plan"),
        _to("assignment_plan_row", "proposal_id", "proposal"),
        *_people("assignment_plan_row", "reviewer_id"),
        sa.PrimaryKeyConstraint(
            "plan_id", "proposal_id", "slot", name=op.f("pk_assignment_plan_row")
        ),
        sa.UniqueConstraint(
            "plan_id",
            "proposal_id",
            "reviewer_id",
            name=op.f("uq_assignment_plan_row_plan_id_proposal_id_reviewer_id"),
        ),
    )
    op.create_table(
        "assignment_decline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=False),
        _to("assignment_decline", "proposal_id", "proposal"),
        *_people("assignment_decline", "reviewer_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_decline")),
    )
    op.create_index(
        op.f("ix_assignment_decline_proposal_id"),
        "assignment_decline",
        ["proposal_id"],
        unique=False,
    )


def _words(name: str, allowed: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*allowed, name=name, native_enum=False, create_constraint=True, length=32)


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
    )


def _people(table: str, *columns: str) -> list[sa.ForeignKeyConstraint]:
    return [_to(table, column, "user_account") for column in columns]


def downgrade() -> None:
    """Take it back: whoever ended a conflict is in conflict again."""
    for table in (
        "assignment_decline",
        "assignment_plan_row",
        "assignment_plan",
        "assignment_rule",
        "assignment_rule_set",
        "reviewer_skill",
        "reviewer_profile",
        "skill_tag",
        "absence",
    ):
        op.drop_table(table)
    op.drop_column("assessment", "acting_for_id")
    for column in ("end_reason", "ended_by_id", "ended_at", "declared_by_id", "declared_at"):
        op.drop_column("conflict_of_interest", column)
