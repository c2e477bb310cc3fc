"""Incidents and freezes (事故の報告、凍結)."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables of reports, what was done about them, and what is frozen."""
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("reported_by_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("happened", sa.Text(), nullable=False),
        sa.Column("happened_when", sa.String(length=100), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("concerned", sa.String(length=200), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column("seen_by", sa.Text(), nullable=False),
        sa.Column("persons_estimate", sa.Integer(), nullable=True),
        sa.Column("is_malicious", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "persons_estimate IS NULL OR persons_estimate >= 0", name=op.f("ck_incident_persons")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_incident_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_incident_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"],
            ["user_account.id"],
            name=op.f("fk_incident_reported_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("number", name=op.f("uq_incident_number")),
    )
    op.create_index("ix_incident_closed_at", "incident", ["closed_at"], unique=False)
    op.create_index(
        op.f("ix_incident_organization_id"), "incident", ["organization_id"], unique=False
    )
    op.create_index(op.f("ix_incident_proposal_id"), "incident", ["proposal_id"], unique=False)
    op.create_table(
        "freeze",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "case",
                "file",
                "mailing",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("target", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("frozen_by_id", sa.Integer(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL)"
            " AND (lifted_at IS NULL) = (lift_reason = '')",
            name=op.f("ck_freeze_lift_complete"),
        ),
        sa.CheckConstraint(
            "lifted_by_id IS NULL OR lifted_by_id <> frozen_by_id",
            name=op.f("ck_freeze_lifted_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["frozen_by_id"], ["user_account.id"], name=op.f("fk_freeze_frozen_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_freeze_incident_id_incident")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"], ["user_account.id"], name=op.f("fk_freeze_lifted_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freeze")),
    )
    op.create_index(op.f("ix_freeze_incident_id"), "freeze", ["incident_id"], unique=False)
    op.create_index("ix_freeze_kind_target", "freeze", ["kind", "target"], unique=False)
    op.create_index("ix_freeze_lifted_at", "freeze", ["lifted_at"], unique=False)
    op.create_table(
        "incident_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "note",
                "preliminary",
                "final",
                "persons_told",
                "closed",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_step_incident_id_incident")
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"],
            ["user_account.id"],
            name=op.f("fk_incident_step_noted_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_step")),
    )
    op.create_index(
        op.f("ix_incident_step_incident_id"), "incident_step", ["incident_id"], unique=False
    )


def downgrade() -> None:
    """Take them away: what was frozen opens again."""
    """Remove them."""
    op.drop_index(op.f("ix_incident_step_incident_id"), table_name="incident_step")
    op.drop_table("incident_step")
    op.drop_index("ix_freeze_lifted_at", table_name="freeze")
    op.drop_index("ix_freeze_kind_target", table_name="freeze")
    op.drop_index(op.f("ix_freeze_incident_id"), table_name="freeze")
    op.drop_table("freeze")
    op.drop_index(op.f("ix_incident_proposal_id"), table_name="incident")
    op.drop_index(op.f("ix_incident_organization_id"), table_name="incident")
    op.drop_index("ix_incident_closed_at", table_name="incident")
    op.drop_table("incident")
