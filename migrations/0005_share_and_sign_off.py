"""Share a proposal (共同提案), sign it off (決裁), amend it (変更の申出)."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WAITING = "decision IS NULL"
NAMED = "removed_at IS NULL"
CURRENT = "replaced_at IS NULL AND withdrawn_at IS NULL"
SIGNATURES = ("drafted_by_id", "approved_by_id")


def upgrade() -> None:
    """Create the tables of sharing, sign-off and amendment; existing rows keep their text."""
    _create_approval_request()
    _create_co_proposer()
    _create_joining()
    _create_amendment()
    # Without a foreign key: SQLite would have to build the table anew under its children.
    op.add_column("proposal", sa.Column("edited_by_id", sa.Integer(), nullable=True))
    op.execute("UPDATE proposal SET edited_by_id = created_by_id")
    with op.batch_alter_table("proposal_revision") as batch:
        for name in SIGNATURES:
            batch.add_column(sa.Column(name, sa.Integer(), nullable=True))
            batch.create_foreign_key(
                op.f(f"fk_proposal_revision_{name}_user_account"), "user_account", [name], ["id"]
            )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("proposal_revision") as batch:
        for name in SIGNATURES:
            batch.drop_constraint(
                op.f(f"fk_proposal_revision_{name}_user_account"), type_="foreignkey"
            )
            batch.drop_column(name)
    op.drop_column("proposal", "edited_by_id")
    for table in (
        "amendment",
        "endorsement",
        "opened_proposal",
        "joining_window",
        "co_proposer",
        "approval_request",
    ):
        op.drop_table(table)


def _reference(
    table: str, column: str, target: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{target}")
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=name, ondelete=ondelete)


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def _create_unique(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(
        name,
        table,
        columns,
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def _create_approval_request() -> None:
    table = "approval_request"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposal_version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "decision", _choice("decision", "approved", "declined", "withdrawn"), nullable=True
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_by_id IS NULL)"
            " AND (decision IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_approval_request_decision_complete"),
        ),
        sa.CheckConstraint(
            "decision IS NULL OR decision <> 'approved' OR decided_by_id <> requested_by_id",
            name=op.f("ck_approval_request_two_people"),
        ),
        _reference(table, "proposal_id", "proposal", ondelete="CASCADE"),
        _reference(table, "requested_by_id", "user_account"),
        _reference(table, "decided_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_request")),
    )
    op.create_index(op.f("ix_approval_request_proposal_id"), table, ["proposal_id"])
    _create_unique("uq_approval_request_waiting", table, ["proposal_id"], WAITING)


def _create_co_proposer() -> None:
    table = "co_proposer"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", _choice("answer", "waiting", "accepted", "declined"), nullable=False),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("accepted_content", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(answer = 'waiting') = (answered_by_id IS NULL)"
            " AND (answer = 'waiting') = (answered_at IS NULL)",
            name=op.f("ck_co_proposer_answer_complete"),
        ),
        _reference(table, "proposal_id", "proposal", ondelete="CASCADE"),
        _reference(table, "organization_id", "organization"),
        _reference(table, "asked_by_id", "user_account"),
        _reference(table, "answered_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_co_proposer")),
    )
    op.create_index(op.f("ix_co_proposer_proposal_id"), table, ["proposal_id"])
    _create_unique("uq_co_proposer_named", table, ["proposal_id", "organization_id"], NAMED)
    op.create_index("ix_co_proposer_organization_id_answer", table, ["organization_id", "answer"])


def _create_joining() -> None:
    op.create_table(
        "joining_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_joining_window_period_order")),
        _reference("joining_window", "round_id", "round"),
        _reference("joining_window", "opened_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining_window")),
    )
    op.create_index(op.f("ix_joining_window_round_id"), "joining_window", ["round_id"])
    op.create_table(
        "opened_proposal",
        sa.Column("window_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        _reference("opened_proposal", "window_id", "joining_window"),
        _reference("opened_proposal", "proposal_id", "proposal"),
        sa.PrimaryKeyConstraint("window_id", "proposal_id", name=op.f("pk_opened_proposal")),
    )
    op.create_index(op.f("ix_opened_proposal_proposal_id"), "opened_proposal", ["proposal_id"])
    op.create_table(
        "endorsement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("hardship_case", sa.Text(), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "replaced_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_endorsement_one_end")
        ),
        _reference("endorsement", "proposal_id", "proposal"),
        _reference("endorsement", "organization_id", "organization"),
        _reference("endorsement", "submitted_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endorsement")),
    )
    for column in ("proposal_id", "organization_id"):
        op.create_index(op.f(f"ix_endorsement_{column}"), "endorsement", [column])
    _create_unique(
        "uq_endorsement_current", "endorsement", ["proposal_id", "organization_id"], CURRENT
    )


def _create_amendment() -> None:
    table = "amendment"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("base_revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column(
            "decision",
            _choice("decision", "accepted", "refused", "withdrawn", "lapsed"),
            nullable=True,
        ),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_amendment_decision_complete"),
        ),
        sa.CheckConstraint("base_revision > 0", name=op.f("ck_amendment_base_revision")),
        _reference(table, "proposal_id", "proposal"),
        _reference(table, "requested_by_id", "user_account"),
        _reference(table, "decided_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
    )
    op.create_index(op.f("ix_amendment_proposal_id"), table, ["proposal_id"])
    _create_unique("uq_amendment_waiting", table, ["proposal_id"], WAITING)
