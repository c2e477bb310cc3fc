"""Saved lists of every kind, of a body; those kept on the home (保存した一覧・ピン留め)."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

KINDS = ("cases", "search", "handoffs", "candidates", "own", "inbox")


def upgrade() -> None:
    """Give each saved list its kind and the body of its owner; make the table of the pins."""
    kind = sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=32)
    with op.batch_alter_table("saved_list") as batch:
        batch.add_column(sa.Column("kind", kind, nullable=False, server_default="cases"))
        batch.add_column(sa.Column("organization_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE saved_list SET organization_id ="
        " (SELECT organization_id FROM user_account WHERE user_account.id = saved_list.owner_id)"
    )
    with op.batch_alter_table("saved_list") as batch:
        batch.alter_column("kind", server_default=None)
        batch.alter_column("organization_id", existing_type=sa.Integer(), nullable=False)
        batch.alter_column("round_id", existing_type=sa.Integer(), nullable=True)
        batch.drop_constraint(op.f("uq_saved_list_owner_id_round_id_name"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_saved_list_owner_id_kind_round_id_name"),
            ["owner_id", "kind", "round_id", "name"],
        )
        batch.create_foreign_key(
            op.f("fk_saved_list_organization_id_organization"),
            "organization",
            ["organization_id"],
            ["id"],
        )
    op.create_index(op.f("ix_saved_list_organization_id"), "saved_list", ["organization_id"])
    op.create_index(
        "uq_saved_list_name_without_round",
        "saved_list",
        ["owner_id", "kind", "name"],
        unique=True,
        sqlite_where=sa.text("round_id IS NULL"),
        postgresql_where=sa.text("round_id IS NULL"),
    )
    op.create_table(
        "pinned_list",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["list_id"],
            ["saved_list.id"],
            name=op.f("fk_pinned_list_list_id_saved_list"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_pinned_list_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", "list_id", name=op.f("pk_pinned_list")),
    )
    op.create_index(op.f("ix_pinned_list_list_id"), "pinned_list", ["list_id"])


def downgrade() -> None:
    """Keep the lists of cases alone; the others, and all pins, are lost."""
    op.drop_index(op.f("ix_pinned_list_list_id"), table_name="pinned_list")
    op.drop_table("pinned_list")
    op.execute("DELETE FROM saved_list WHERE kind <> 'cases'")
    op.drop_index("uq_saved_list_name_without_round", table_name="saved_list")
    op.drop_index(op.f("ix_saved_list_organization_id"), table_name="saved_list")
    with op.batch_alter_table("saved_list") as batch:
        batch.drop_constraint(
            op.f("fk_saved_list_organization_id_organization"), type_="foreignkey"
        )
        batch.drop_constraint(op.f("uq_saved_list_owner_id_kind_round_id_name"), type_="unique")
        batch.drop_constraint(op.f("ck_saved_list_kind"), type_="check")
        batch.drop_column("kind")
        batch.drop_column("organization_id")
        batch.alter_column("round_id", existing_type=sa.Integer(), nullable=False)
        batch.create_unique_constraint(
            op.f("uq_saved_list_owner_id_round_id_name"), ["owner_id", "round_id", "name"]
        )
