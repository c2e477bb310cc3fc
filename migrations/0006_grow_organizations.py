"""Grow the bodies (団体): mergers, own calendars, invitations, end dates."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Grow the bodies (団体): mergers, own calendars, invitations, end dates."""
    _grow_organization()
    _create_tables_of_bodies()
    _create_invitation()
    _create_master_data_request()
    with op.batch_alter_table("user_account") as batch:
        batch.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
    with op.batch_alter_table("case_clock") as batch:
        batch.add_column(
            sa.Column("own_closures", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
        )
    with op.batch_alter_table("case_clock") as batch:
        batch.alter_column("own_closures", server_default=None)
    _create_case_handover()


def downgrade() -> None:
    """Take it back."""
    op.drop_table("case_handover")
    with op.batch_alter_table("case_clock") as batch:
        batch.drop_column("own_closures")
    with op.batch_alter_table("user_account") as batch:
        batch.drop_column("ends_on")
    op.drop_table("master_data_request")
    op.drop_table("invitation")
    op.drop_table("office_closure")
    op.drop_table("organization_name")
    with op.batch_alter_table("organization") as batch:
        batch.drop_constraint(op.f("ck_organization_successor_of_dissolved"), type_="check")
        batch.drop_constraint(op.f("ck_organization_next_name_complete"), type_="check")
        batch.drop_constraint(op.f("fk_organization_successor_id_organization"), type_="foreignkey")
        batch.drop_index(op.f("ix_organization_successor_id"))
        for name in (
            "version",
            "successor_id",
            "dissolved_on",
            "requires_approval",
            "prefecture",
            "reading",
            "next_name_from",
            "next_name",
        ):
            batch.drop_column(name)


def _grow_organization() -> None:
    # What is there already gets a value; the application sets it from then on.
    with op.batch_alter_table("organization") as batch:
        batch.add_column(sa.Column("next_name", sa.String(length=100), nullable=True))
        batch.add_column(sa.Column("next_name_from", sa.Date(), nullable=True))
        batch.add_column(
            sa.Column("reading", sa.String(length=200), nullable=False, server_default="")
        )
        batch.add_column(
            sa.Column("prefecture", sa.String(length=10), nullable=False, server_default="")
        )
        batch.add_column(
            sa.Column("requires_approval", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("dissolved_on", sa.Date(), nullable=True))
        batch.add_column(sa.Column("successor_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("organization") as batch:
        for name in ("reading", "prefecture", "requires_approval", "version"):
            batch.alter_column(name, server_default=None)
        batch.create_index(op.f("ix_organization_successor_id"), ["successor_id"])
        batch.create_foreign_key(
            op.f("fk_organization_successor_id_organization"),
            "organization",
            ["successor_id"],
            ["id"],
        )
        batch.create_check_constraint(
            op.f("ck_organization_next_name_complete"),
            "(next_name IS NULL) = (next_name_from IS NULL)",
        )
        batch.create_check_constraint(
            op.f("ck_organization_successor_of_dissolved"),
            "successor_id IS NULL OR (dissolved_on IS NOT NULL AND successor_id <> id)",
        )


def _create_tables_of_bodies() -> None:
    op.create_table(
        "organization_name",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("former_name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_organization_name_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "valid_from", name=op.f("pk_organization_name")),
    )
    op.create_table(
        "office_closure",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_office_closure_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "day", name=op.f("pk_office_closure")),
    )


def _create_invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("display_name", sa.String(length=100), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "end",
            sa.Enum(
                "accepted",
                "revoked",
                "replaced",
                name="end",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            '(ended_at IS NULL) = ("end" IS NULL)', name=op.f("ck_invitation_end_complete")
        ),
        sa.CheckConstraint(
            '(user_id IS NOT NULL) = ("end" IS NOT NULL AND "end" = \'accepted\')',
            name=op.f("ck_invitation_accepted_by_somebody"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_invitation_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_invitation_created_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_invitation_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_organization_id"), "invitation", ["organization_id"])
    op.create_index("ix_invitation_email_key", "invitation", ["email_key"])


def _create_master_data_request() -> None:
    op.create_table(
        "master_data_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "done",
                "declined",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_by_id IS NULL)"
            " AND (decision IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_master_data_request_decision_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_master_data_request_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"],
            ["user_account.id"],
            name=op.f("fk_master_data_request_requested_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_master_data_request_decided_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_master_data_request")),
    )
    op.create_index(
        op.f("ix_master_data_request_organization_id"), "master_data_request", ["organization_id"]
    )


def _create_case_handover() -> None:
    op.create_table(
        "case_handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("from_user_id", sa.Integer(), nullable=False),
        sa.Column("to_user_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_over_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_user_id <> to_user_id", name=op.f("ck_case_handover_to_another")),
        # A draft that is thrown away takes its handovers along; the trail keeps both.
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_case_handover_proposal_id_proposal"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["from_user_id"],
            ["user_account.id"],
            name=op.f("fk_case_handover_from_user_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["to_user_id"],
            ["user_account.id"],
            name=op.f("fk_case_handover_to_user_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["handed_over_by_id"],
            ["user_account.id"],
            name=op.f("fk_case_handover_handed_over_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_handover")),
    )
    op.create_index(op.f("ix_case_handover_proposal_id"), "case_handover", ["proposal_id"])
