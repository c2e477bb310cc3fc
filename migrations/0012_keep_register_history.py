"""History, aliases and keys of the registers (台帳の履歴・別名)."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ALIAS_KINDS = ("abbreviation", "other_name", "printed", "related")
ACTS = ("loaded", "added", "changed", "imported", "retired", "restored")

TEXTS = {
    "field": 100,
    "group_code": 20,
    "group_label": 300,
    "existing_system": 300,
    "examples": None,
    "response_policy": None,
    "source": 300,
}


def _filled_columns() -> list[sa.Column]:
    """What the source prints beside the title, empty for the rows that are there.

    `registers load` (and `demo load`) completes them from the files of the registers; the ids stay.
    """
    texts = [
        sa.Column(
            name,
            sa.String(length=length) if length else sa.Text(),
            nullable=False,
            server_default="",
        )
        for name, length in TEXTS.items()
    ]
    version = sa.Column("content_version", sa.Integer(), nullable=False, server_default="1")
    return [*texts, version]


def _free_columns() -> list[sa.Column]:
    return [
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
    ]


def upgrade() -> None:
    """Give the rows the columns of their source, aliases, numbers, links and versions."""
    with op.batch_alter_table("register_entry") as batch:
        for column in (*_filled_columns(), *_free_columns()):
            batch.add_column(column)
        batch.create_check_constraint(op.f("ck_register_entry_quantity"), "quantity >= 0")
    with op.batch_alter_table("register_entry") as batch:
        for column in _filled_columns():
            batch.alter_column(column.name, server_default=None, existing_type=column.type)
    _create_names()
    _create_keys()
    _create_versions()


def _create_names() -> None:
    op.create_table(
        "register_alias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=100), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *ALIAS_KINDS,
                name="alias_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["register_entry.id"],
            name=op.f("fk_register_alias_entry_id_register_entry"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_alias")),
        sa.UniqueConstraint("entry_id", "text", name=op.f("uq_register_alias_entry_id_text")),
    )


def _create_keys() -> None:
    op.create_table(
        "register_control_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "year > 0 AND number > 0", name=op.f("ck_register_control_number_positive")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["register_entry.id"],
            name=op.f("fk_register_control_number_entry_id_register_entry"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_control_number")),
        sa.UniqueConstraint("year", "number", name=op.f("uq_register_control_number_year_number")),
    )
    op.create_index(
        op.f("ix_register_control_number_entry_id"), "register_control_number", ["entry_id"]
    )
    op.create_table(
        "register_link",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("linked_id", sa.Integer(), nullable=False),
        sa.Column("printed_name", sa.String(length=100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["register_entry.id"],
            name=op.f("fk_register_link_entry_id_register_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["linked_id"],
            ["register_entry.id"],
            name=op.f("fk_register_link_linked_id_register_entry"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "linked_id", name=op.f("pk_register_link")),
    )
    op.create_index(op.f("ix_register_link_linked_id"), "register_link", ["linked_id"])


def _create_versions() -> None:
    op.create_table(
        "register_entry_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("content_version", sa.Integer(), nullable=False),
        sa.Column(
            "act",
            sa.Enum(*ACTS, name="entry_act", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["register_entry.id"],
            name=op.f("fk_register_entry_version_entry_id_register_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"],
            ["user_account.id"],
            name=op.f("fk_register_entry_version_changed_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry_version")),
        sa.UniqueConstraint(
            "entry_id",
            "content_version",
            name=op.f("uq_register_entry_version_entry_id_content_version"),
        ),
    )


def downgrade() -> None:
    """Take it back: the rows keep number, title, detail, ministry and day."""
    op.drop_table("register_entry_version")
    op.drop_index(op.f("ix_register_link_linked_id"), "register_link")
    op.drop_table("register_link")
    op.drop_index(op.f("ix_register_control_number_entry_id"), "register_control_number")
    op.drop_table("register_control_number")
    op.drop_table("register_alias")
    with op.batch_alter_table("register_entry") as batch:
        batch.drop_constraint(op.f("ck_register_entry_quantity"), type_="check")
        for column in (*_filled_columns(), *_free_columns()):
            batch.drop_column(column.name)
