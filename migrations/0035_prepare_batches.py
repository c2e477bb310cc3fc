"""Texts by class, and the cases of a batch with their destinations (文面・まとめて送付)."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the texts and what a batch holds."""
    op.create_table(
        "request_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "request",
                "information",
                "cover_letter",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind <> 'cover_letter' OR category_id IS NULL",
            name=op.f("ck_request_template_one_cover_letter"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_request_template_number")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_request_template_category_id_category")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["scheme.id"], name=op.f("fk_request_template_scheme_id_scheme")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"],
            ["user_account.id"],
            name=op.f("fk_request_template_written_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_template")),
        sa.UniqueConstraint(
            "scheme_id",
            "category_id",
            "kind",
            "number",
            name=op.f("uq_request_template_scheme_id_category_id_kind_number"),
        ),
    )
    op.create_index(
        op.f("ix_request_template_category_id"), "request_template", ["category_id"], unique=False
    )
    op.create_index(
        "uq_request_template_default",
        "request_template",
        ["scheme_id", "kind", "number"],
        unique=True,
        sqlite_where=sa.text("category_id IS NULL"),
        postgresql_where=sa.text("category_id IS NULL"),
    )
    op.create_table(
        "handoff_batch_case",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("request_text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["handoff_batch.id"],
            name=op.f("fk_handoff_batch_case_batch_id_handoff_batch"),
        ),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["category.id"],
            name=op.f("fk_handoff_batch_case_category_id_category"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_handoff_batch_case_proposal_id_proposal"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "proposal_id", name=op.f("pk_handoff_batch_case")),
    )
    op.create_index(
        op.f("ix_handoff_batch_case_proposal_id"),
        "handoff_batch_case",
        ["proposal_id"],
        unique=False,
    )
    op.create_table(
        "handoff_batch_letter",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("destination_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["handoff_batch.id"],
            name=op.f("fk_handoff_batch_letter_batch_id_handoff_batch"),
        ),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["organization.id"],
            name=op.f("fk_handoff_batch_letter_destination_id_organization"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "destination_id", name=op.f("pk_handoff_batch_letter")),
    )
    op.create_table(
        "handoff_batch_destination",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("destination_id", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                "lead", "related", name="part", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id", "proposal_id"],
            ["handoff_batch_case.batch_id", "handoff_batch_case.proposal_id"],
            name="fk_handoff_batch_destination_batch_case",
        ),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["organization.id"],
            name=op.f("fk_handoff_batch_destination_destination_id_organization"),
        ),
        sa.PrimaryKeyConstraint(
            "batch_id", "proposal_id", "destination_id", name=op.f("pk_handoff_batch_destination")
        ),
    )
    op.create_index(
        "uq_handoff_batch_destination_lead",
        "handoff_batch_destination",
        ["batch_id", "proposal_id"],
        unique=True,
        sqlite_where=sa.text("part = 'lead'"),
        postgresql_where=sa.text("part = 'lead'"),
    )


def downgrade() -> None:
    """Take them away, with what was written in them."""
    op.drop_index(
        "uq_handoff_batch_destination_lead",
        table_name="handoff_batch_destination",
        sqlite_where=sa.text("part = 'lead'"),
        postgresql_where=sa.text("part = 'lead'"),
    )
    op.drop_table("handoff_batch_destination")
    op.drop_table("handoff_batch_letter")
    op.drop_index(op.f("ix_handoff_batch_case_proposal_id"), table_name="handoff_batch_case")
    op.drop_table("handoff_batch_case")
    op.drop_index(
        "uq_request_template_default",
        table_name="request_template",
        sqlite_where=sa.text("category_id IS NULL"),
        postgresql_where=sa.text("category_id IS NULL"),
    )
    op.drop_index(op.f("ix_request_template_category_id"), table_name="request_template")
    op.drop_table("request_template")
