"""Candidates, their cases and their life (共通化の対象候補)."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of the candidates."""
    op.create_table(
        "candidate_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_candidate_section_round_id_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_section")),
        sa.UniqueConstraint("round_id", "code", name=op.f("uq_candidate_section_round_id_code")),
    )
    op.create_table(
        "candidate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=True),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("system", sa.String(length=300), nullable=False),
        sa.Column(
            "origin",
            sa.Enum(
                "call",
                "bunken",
                "types",
                "keiyu_jimu",
                "keiyu_chosa",
                "closely_related",
                name="origin",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "candidate",
                "inquiry",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "selected",
                "studying",
                "plan_drafted",
                "consulted",
                "agreed",
                "conditions",
                "other_means",
                "dropped",
                "in_service",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.Integer(), nullable=True),
        sa.Column("cancelled_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by_id IS NULL)"
            " AND (cancelled_at IS NULL OR (state = 'proposed' AND mark IS NULL))",
            name=op.f("ck_candidate_cancelled"),
        ),
        sa.CheckConstraint(
            "kind = 'candidate' OR state = 'proposed'",
            name=op.f("ck_candidate_inquiry_has_no_life"),
        ),
        sa.CheckConstraint("mark BETWEEN 1 AND 20", name=op.f("ck_candidate_mark")),
        sa.CheckConstraint("position > 0", name=op.f("ck_candidate_position")),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"],
            ["user_account.id"],
            name=op.f("fk_candidate_cancelled_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_candidate_created_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_candidate_round_id_round")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"],
            ["candidate_section.id"],
            name=op.f("fk_candidate_section_id_candidate_section"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
        sa.UniqueConstraint("round_id", "mark", name=op.f("uq_candidate_round_id_mark")),
    )
    op.create_index(
        "ix_candidate_round_id_position", "candidate", ["round_id", "position"], unique=False
    )
    op.create_index(op.f("ix_candidate_section_id"), "candidate", ["section_id"], unique=False)
    op.create_table(
        "candidate_exemption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["given_by_id"],
            ["user_account.id"],
            name=op.f("fk_candidate_exemption_given_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_candidate_exemption_proposal_id_proposal"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_exemption")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_candidate_exemption_proposal_id")),
    )
    op.create_table(
        "candidate_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("linked_by_id", sa.Integer(), nullable=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
            name=op.f("fk_candidate_case_candidate_id_candidate"),
        ),
        sa.ForeignKeyConstraint(
            ["linked_by_id"],
            ["user_account.id"],
            name=op.f("fk_candidate_case_linked_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_candidate_case_proposal_id_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_case")),
        sa.UniqueConstraint(
            "candidate_id", "proposal_id", name=op.f("uq_candidate_case_candidate_id_proposal_id")
        ),
    )
    op.create_index(
        op.f("ix_candidate_case_proposal_id"), "candidate_case", ["proposal_id"], unique=False
    )
    op.create_table(
        "candidate_milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "selected",
                "studying",
                "plan_drafted",
                "consulted",
                "agreed",
                "conditions",
                "other_means",
                "dropped",
                "in_service",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "planned_on IS NOT NULL OR reached_on IS NOT NULL",
            name=op.f("ck_candidate_milestone_has_date"),
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
            name=op.f("fk_candidate_milestone_candidate_id_candidate"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_milestone")),
        sa.UniqueConstraint(
            "candidate_id", "state", name=op.f("uq_candidate_milestone_candidate_id_state")
        ),
    )
    op.create_table(
        "candidate_ministry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                "lead", "related", name="part", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("printed_name", sa.String(length=100), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
            name=op.f("fk_candidate_ministry_candidate_id_candidate"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_candidate_ministry_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_ministry")),
        sa.UniqueConstraint(
            "candidate_id",
            "printed_name",
            name=op.f("uq_candidate_ministry_candidate_id_printed_name"),
        ),
    )
    op.create_index(
        op.f("ix_candidate_ministry_organization_id"),
        "candidate_ministry",
        ["organization_id"],
        unique=False,
    )
    op.create_table(
        "candidate_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column(
            "from_state",
            sa.Enum(
                "proposed",
                "selected",
                "studying",
                "plan_drafted",
                "consulted",
                "agreed",
                "conditions",
                "other_means",
                "dropped",
                "in_service",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "proposed",
                "selected",
                "studying",
                "plan_drafted",
                "consulted",
                "agreed",
                "conditions",
                "other_means",
                "dropped",
                "in_service",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moved_by_id", sa.Integer(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_back_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(taken_back_at IS NULL) = (taken_back_by_id IS NULL)",
            name=op.f("ck_candidate_move_taken_back_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
            name=op.f("fk_candidate_move_candidate_id_candidate"),
        ),
        sa.ForeignKeyConstraint(
            ["moved_by_id"],
            ["user_account.id"],
            name=op.f("fk_candidate_move_moved_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["taken_back_by_id"],
            ["user_account.id"],
            name=op.f("fk_candidate_move_taken_back_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_move")),
    )
    op.create_index(
        op.f("ix_candidate_move_candidate_id"), "candidate_move", ["candidate_id"], unique=False
    )
    op.create_table(
        "candidate_register_entry",
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
            name=op.f("fk_candidate_register_entry_candidate_id_candidate"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["register_entry.id"],
            name=op.f("fk_candidate_register_entry_entry_id_register_entry"),
        ),
        sa.PrimaryKeyConstraint(
            "candidate_id", "entry_id", name=op.f("pk_candidate_register_entry")
        ),
    )
    op.create_index(
        op.f("ix_candidate_register_entry_entry_id"),
        "candidate_register_entry",
        ["entry_id"],
        unique=False,
    )
    op.create_table(
        "progress_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "on_schedule",
                "delayed",
                "at_risk",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("reported_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "next_on IS NULL OR next_on > reported_on", name=op.f("ck_progress_report_next_after")
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidate.id"],
            name=op.f("fk_progress_report_candidate_id_candidate"),
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"],
            ["user_account.id"],
            name=op.f("fk_progress_report_reported_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_report")),
    )
    op.create_index(
        op.f("ix_progress_report_candidate_id"), "progress_report", ["candidate_id"], unique=False
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_index(op.f("ix_progress_report_candidate_id"), table_name="progress_report")
    op.drop_table("progress_report")
    op.drop_index(
        op.f("ix_candidate_register_entry_entry_id"), table_name="candidate_register_entry"
    )
    op.drop_table("candidate_register_entry")
    op.drop_index(op.f("ix_candidate_move_candidate_id"), table_name="candidate_move")
    op.drop_table("candidate_move")
    op.drop_index(op.f("ix_candidate_ministry_organization_id"), table_name="candidate_ministry")
    op.drop_table("candidate_ministry")
    op.drop_table("candidate_milestone")
    op.drop_index(op.f("ix_candidate_case_proposal_id"), table_name="candidate_case")
    op.drop_table("candidate_case")
    op.drop_table("candidate_exemption")
    op.drop_index(op.f("ix_candidate_section_id"), table_name="candidate")
    op.drop_index("ix_candidate_round_id_position", table_name="candidate")
    op.drop_table("candidate")
    op.drop_table("candidate_section")
