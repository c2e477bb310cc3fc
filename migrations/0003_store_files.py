"""Store files (ファイル・添付) and the limits a round sets for them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# column, default, smallest, largest: limits of a round in MB and in files
LIMITS = (
    ("attachment_file_limit_mb", 20, 1, 100),
    ("attachment_total_limit_mb", 60, 1, 500),
    ("attachment_count_limit", 20, 1, 100),
)


def upgrade() -> None:
    """Make the tables of files and attachments; give every round its limits."""
    _create_stored_file()
    _create_attachment()
    with op.batch_alter_table("round") as table:
        for name, default, _, _ in LIMITS:
            table.add_column(
                sa.Column(name, sa.Integer(), nullable=False, server_default=str(default))
            )
    with op.batch_alter_table("round") as table:
        for name, _, smallest, largest in LIMITS:
            table.alter_column(
                name, existing_type=sa.Integer(), existing_nullable=False, server_default=None
            )
            table.create_check_constraint(
                op.f(f"ck_round_{name}"), f"{name} BETWEEN {smallest} AND {largest}"
            )
    with op.batch_alter_table("proposal_revision") as table:
        table.add_column(sa.Column("files", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("proposal_revision") as table:
        table.alter_column(
            "files", existing_type=sa.JSON(), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    """Take it back: the rows go, the contents stay in the store."""
    with op.batch_alter_table("proposal_revision") as table:
        table.drop_column("files")
    with op.batch_alter_table("round") as table:
        for name, _, _, _ in LIMITS:
            table.drop_constraint(op.f(f"ck_round_{name}"), type_="check")
            table.drop_column(name)
    op.drop_table("attachment")
    op.drop_table("stored_file")


def _create_stored_file() -> None:
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "waiting",
                "clean",
                "infected",
                "failed",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("scanned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scan_note", sa.String(length=200), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_stored_file_sha256")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_stored_file_size_bytes")),
        sa.CheckConstraint(
            "(verdict = 'waiting') = (scanned_at IS NULL)",
            name=op.f("ck_stored_file_scanned_when_judged"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_stored_file_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"],
            ["user_account.id"],
            name=op.f("fk_stored_file_uploaded_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("public_id", name=op.f("uq_stored_file_public_id")),
    )
    op.create_index(op.f("ix_stored_file_sha256"), "stored_file", ["sha256"])
    op.create_index("ix_stored_file_verdict_id", "stored_file", ["verdict", "id"])


def _create_attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "annex",
                "reference",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("version_number", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'annex') = (field <> '')", name=op.f("ck_attachment_annex_names_field")
        ),
        sa.CheckConstraint(
            "(version_number = 1) = (replaces_id IS NULL) AND version_number > 0",
            name=op.f("ck_attachment_version_number"),
        ),
        sa.CheckConstraint(
            "(removed_at IS NULL) = (removed_by_id IS NULL)",
            name=op.f("ck_attachment_removal_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"],
            ["user_account.id"],
            name=op.f("fk_attachment_added_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_attachment_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_attachment_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["removed_by_id"],
            ["user_account.id"],
            name=op.f("fk_attachment_removed_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["attachment.id"], name=op.f("fk_attachment_replaces_id_attachment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sa.UniqueConstraint("file_id", name=op.f("uq_attachment_file_id")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_attachment_replaces_id")),
    )
    op.create_index("ix_attachment_proposal_id_position", "attachment", ["proposal_id", "position"])
