"""Accounts of people from outside (部外者): contract, end and supervisor, all of them or none."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

KINDS = "outsider_kind IN ('guest', 'vendor', 'contractor')"
TERMS = (
    "(outsider_kind IS NULL AND affiliation IS NULL AND contract_number IS NULL"
    " AND access_ends_at IS NULL AND supervisor_id IS NULL)"
    " OR (outsider_kind IS NOT NULL AND affiliation IS NOT NULL AND contract_number IS NOT NULL"
    " AND length(trim(contract_number)) > 0 AND access_ends_at IS NOT NULL"
    " AND supervisor_id IS NOT NULL AND supervisor_id <> id)"
)
COLUMNS = (
    ("outsider_kind", sa.String(length=32)),
    ("affiliation", sa.String(length=100)),
    ("contract_number", sa.String(length=100)),
    ("access_ends_at", sa.DateTime(timezone=True)),
)
FOREIGN_KEY = "fk_user_account_supervisor_id_user_account"
INDEX = "ix_user_account_supervisor_id"


def upgrade() -> None:
    """Add the columns; everybody who is there already belongs to the body."""
    for name, kind in COLUMNS:
        op.add_column("user_account", sa.Column(name, kind, nullable=True))
    if op.get_bind().dialect.name == "sqlite":
        # A column of SQLite may come with its rules; adding them later would copy the table, to
        # which nearly all others point.
        op.execute(
            "ALTER TABLE user_account ADD COLUMN supervisor_id INTEGER"
            f" CONSTRAINT {FOREIGN_KEY} REFERENCES user_account (id)"
            f" CONSTRAINT ck_user_account_outsider_kind CHECK ({KINDS})"
            f" CONSTRAINT ck_user_account_outside_terms CHECK ({TERMS})"
        )
    else:
        op.add_column("user_account", sa.Column("supervisor_id", sa.Integer(), nullable=True))
        op.create_foreign_key(
            FOREIGN_KEY, "user_account", "user_account", ["supervisor_id"], ["id"]
        )
        op.create_check_constraint(op.f("ck_user_account_outsider_kind"), "user_account", KINDS)
        op.create_check_constraint(op.f("ck_user_account_outside_terms"), "user_account", TERMS)
    op.create_index(INDEX, "user_account", ["supervisor_id"])
    op.create_table(
        "outsider_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outsider_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("supervisor_id", sa.Integer(), nullable=False),
        sa.Column("contract_number", sa.String(length=100), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("sign_ins", "pages", "cases", "refusals")
        ),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column],
                ["user_account.id"],
                name=op.f(f"fk_outsider_report_{column}_user_account"),
            )
            for column in ("outsider_id", "supervisor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outsider_report")),
        sa.UniqueConstraint(
            "outsider_id", "month", name=op.f("uq_outsider_report_outsider_id_month")
        ),
    )
    op.create_index(op.f("ix_outsider_report_supervisor_id"), "outsider_report", ["supervisor_id"])


def downgrade() -> None:
    """Outsiders lose their accounts before the mark goes: unmarked, they would be let in."""
    op.drop_table("outsider_report")
    op.execute(
        "UPDATE user_account SET disabled_at = COALESCE(disabled_at, created_at)"
        " WHERE outsider_kind IS NOT NULL"
    )
    op.drop_index(INDEX, "user_account")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_user_account_outside_terms"), "user_account")
        op.drop_constraint(op.f("ck_user_account_outsider_kind"), "user_account")
    op.drop_column("user_account", "supervisor_id")
    for name, _kind in reversed(COLUMNS):
        op.drop_column("user_account", name)
