"""Plans of erasure, holds, media (個人情報の廃棄); who answers for personal data in each body."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables of plans, holds, lists and media; when a file was erased; 責任者 and 窓口."""
    op.create_table(
        "erasure_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("purpose_ends_on", sa.Date(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("storage", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("erases_files", sa.Boolean(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)",
            name=op.f("ck_erasure_plan_approval_complete"),
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> written_by_id",
            name=op.f("ck_erasure_plan_approved_by_another"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["user_account.id"],
            name=op.f("fk_erasure_plan_approved_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_erasure_plan_round_id_round")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"],
            ["user_account.id"],
            name=op.f("fk_erasure_plan_written_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_plan")),
        sa.UniqueConstraint("round_id", name=op.f("uq_erasure_plan_round_id")),
    )
    op.create_table(
        "storage_medium",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "backup",
                "disk",
                "portable",
                "paper",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("destroy_by", sa.Date(), nullable=False),
        sa.Column("registered_by_id", sa.Integer(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_on", sa.Date(), nullable=True),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("witness_id", sa.Integer(), nullable=True),
        sa.Column("key_destroyed_on", sa.Date(), nullable=True),
        sa.Column("certificate_sha256", sa.String(length=64), nullable=False),
        sa.Column("noted_by_id", sa.Integer(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(destroyed_on IS NULL) = (noted_at IS NULL)"
            " AND (destroyed_on IS NULL) = (noted_by_id IS NULL)"
            " AND (destroyed_on IS NULL) = (witness_id IS NULL)"
            " AND (destroyed_on IS NULL) = (method = '')",
            name=op.f("ck_storage_medium_destruction_complete"),
        ),
        sa.CheckConstraint(
            "certificate_sha256 = '' OR length(certificate_sha256) = 64",
            name=op.f("ck_storage_medium_certificate"),
        ),
        sa.CheckConstraint("destroy_by >= made_on", name=op.f("ck_storage_medium_period_order")),
        sa.CheckConstraint(
            "witness_id IS NULL OR witness_id <> noted_by_id",
            name=op.f("ck_storage_medium_witness_another"),
        ),
        sa.ForeignKeyConstraint(
            ["noted_by_id"],
            ["user_account.id"],
            name=op.f("fk_storage_medium_noted_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["registered_by_id"],
            ["user_account.id"],
            name=op.f("fk_storage_medium_registered_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["witness_id"],
            ["user_account.id"],
            name=op.f("fk_storage_medium_witness_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_medium")),
    )
    op.create_table(
        "disposal_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wiped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)"
            " AND (approved_at IS NULL OR requested_at IS NOT NULL)",
            name=op.f("ck_disposal_list_approval_complete"),
        ),
        sa.CheckConstraint(
            "(requested_at IS NULL) = (requested_by_id IS NULL)",
            name=op.f("ck_disposal_list_request_complete"),
        ),
        sa.CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> requested_by_id",
            name=op.f("ck_disposal_list_approved_by_another"),
        ),
        sa.CheckConstraint(
            "finished_at IS NULL OR approved_at IS NOT NULL",
            name=op.f("ck_disposal_list_finished_after_approval"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["user_account.id"],
            name=op.f("fk_disposal_list_approved_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["erasure_plan.id"], name=op.f("fk_disposal_list_plan_id_erasure_plan")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"],
            ["user_account.id"],
            name=op.f("fk_disposal_list_requested_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_list")),
    )
    op.create_index("ix_disposal_list_finished_at", "disposal_list", ["finished_at"], unique=False)
    op.create_index(op.f("ix_disposal_list_plan_id"), "disposal_list", ["plan_id"], unique=False)
    op.create_table(
        "erasure_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "record",
                "dispute",
                "incident",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by_id", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by_id IS NULL)"
            " AND (lifted_at IS NULL) = (lift_reason = '')",
            name=op.f("ck_erasure_hold_lift_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_id"],
            ["user_account.id"],
            name=op.f("fk_erasure_hold_lifted_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["placed_by_id"],
            ["user_account.id"],
            name=op.f("fk_erasure_hold_placed_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_erasure_hold_proposal_id_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_hold")),
    )
    op.create_index(
        op.f("ix_erasure_hold_proposal_id"), "erasure_hold", ["proposal_id"], unique=False
    )
    op.create_table(
        "disposal_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "erased",
                "kept",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(outcome IS NULL) = (done_at IS NULL)", name=op.f("ck_disposal_item_outcome_complete")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["disposal_list.id"], name=op.f("fk_disposal_item_list_id_disposal_list")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_disposal_item_proposal_id_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_item")),
        sa.UniqueConstraint(
            "list_id", "proposal_id", name=op.f("uq_disposal_item_list_id_proposal_id")
        ),
    )
    op.create_index(op.f("ix_disposal_item_list_id"), "disposal_item", ["list_id"], unique=False)
    op.create_index(
        op.f("ix_disposal_item_proposal_id"), "disposal_item", ["proposal_id"], unique=False
    )
    op.add_column("stored_file", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("organization", sa.Column("responsible_id", sa.Integer(), nullable=True))
    with op.batch_alter_table("organization") as batch:
        batch.add_column(
            sa.Column("privacy_contact", sa.String(length=200), nullable=False, server_default="")
        )
    with op.batch_alter_table("organization") as batch:
        batch.alter_column("privacy_contact", server_default=None)


def downgrade() -> None:
    """Take them away: what was erased stays erased, its proof is gone."""
    op.drop_column("organization", "privacy_contact")
    op.drop_column("organization", "responsible_id")
    op.drop_column("stored_file", "erased_at")
    """Remove them."""
    op.drop_index(op.f("ix_disposal_item_proposal_id"), table_name="disposal_item")
    op.drop_index(op.f("ix_disposal_item_list_id"), table_name="disposal_item")
    op.drop_table("disposal_item")
    op.drop_index(op.f("ix_erasure_hold_proposal_id"), table_name="erasure_hold")
    op.drop_table("erasure_hold")
    op.drop_index(op.f("ix_disposal_list_plan_id"), table_name="disposal_list")
    op.drop_index("ix_disposal_list_finished_at", table_name="disposal_list")
    op.drop_table("disposal_list")
    op.drop_table("storage_medium")
    op.drop_table("erasure_plan")
