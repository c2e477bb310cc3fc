"""Hand-offs, their dates and replies, and a term to settle replies (送付・回答)."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

FORMER_TERMS = (
    "form_check",
    "assignment",
    "review",
    "confirmation",
    "correction",
    "acknowledgement",
    "reply",
    "view",
    "revisit",
)
TERMS = (*FORMER_TERMS, "settlement")


def upgrade() -> None:
    """Add the hand-offs; every round gets the term in which a reply is settled (回答の確認)."""
    _change_terms(TERMS)
    op.execute(
        "INSERT INTO round_term (round_id, term, office_days) SELECT id, 'settlement', 5 FROM round"
    )
    _create_tables()


def downgrade() -> None:
    """Take them away, with the clocks that only hand-offs start.

    Refused while there is a hand-off that was sent (RuntimeError): its trace must not be lost.
    """
    sent = op.get_bind().scalar(sa.text("SELECT count(*) FROM handoff WHERE sent_at IS NOT NULL"))
    if sent:
        raise RuntimeError(f"{sent} hand-offs that were sent have no place in the older tables")
    op.drop_index(op.f("ix_reply_file_reply_id"), table_name="reply_file")
    op.drop_table("reply_file")
    op.drop_index(op.f("ix_reply_release_id"), table_name="reply")
    op.drop_table("reply")
    op.drop_table("reexamination")
    op.drop_index(op.f("ix_handoff_file_handoff_id"), table_name="handoff_file")
    op.drop_table("handoff_file")
    op.drop_index(op.f("ix_handoff_due_handoff_id"), table_name="handoff_due")
    op.drop_table("handoff_due")
    op.drop_index(
        "uq_handoff_open_lead",
        table_name="handoff",
        sqlite_where=sa.text(
            "part = 'lead' AND state IN ('prepared', 'sent', 'acknowledged', 'answered')"
        ),
        postgresql_where=sa.text(
            "part = 'lead' AND state IN ('prepared', 'sent', 'acknowledged', 'answered')"
        ),
    )
    op.drop_index(
        "uq_handoff_open_destination",
        table_name="handoff",
        sqlite_where=sa.text("state IN ('prepared', 'sent', 'acknowledged', 'answered')"),
        postgresql_where=sa.text("state IN ('prepared', 'sent', 'acknowledged', 'answered')"),
    )
    op.drop_index("ix_handoff_state_due_on", table_name="handoff")
    op.drop_index(op.f("ix_handoff_rerouted_from_id"), table_name="handoff")
    op.drop_index(op.f("ix_handoff_proposal_id"), table_name="handoff")
    op.drop_index("ix_handoff_destination_id_state", table_name="handoff")
    op.drop_index(op.f("ix_handoff_batch_id"), table_name="handoff")
    op.drop_table("handoff")
    op.drop_index(op.f("ix_body_view_release_id"), table_name="body_view")
    op.drop_table("body_view")
    op.drop_index(op.f("ix_reply_release_round_id"), table_name="reply_release")
    op.drop_table("reply_release")
    op.drop_index(op.f("ix_handoff_batch_round_id"), table_name="handoff_batch")
    op.drop_table("handoff_batch")

    op.execute("DELETE FROM case_clock WHERE term = 'settlement'")
    op.execute("DELETE FROM round_term WHERE term = 'settlement'")
    _change_terms(FORMER_TERMS)


def _change_terms(terms: tuple[str, ...]) -> None:
    """SQLite builds the table anew, and would lose the condition of the partial index."""
    op.drop_index("uq_case_clock_running", table_name="case_clock")
    for table in ("case_clock", "round_term"):
        with op.batch_alter_table(table) as batch:
            _change_list(batch, table, terms)
    op.create_index(
        "uq_case_clock_running",
        "case_clock",
        ["proposal_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _change_list(batch: Any, table: str, terms: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{term}'" for term in terms)
    batch.drop_constraint(op.f(f"ck_{table}_term"), type_="check")
    batch.create_check_constraint(op.f(f"ck_{table}_term"), f"term IN ({listed})")


def _create_tables() -> None:
    op.create_table(
        "handoff_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("letter_number", sa.String(length=100), nullable=False),
        sa.Column("reply_due_on", sa.Date(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("discarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(sent_at IS NULL) = (sent_by_id IS NULL)", name=op.f("ck_handoff_batch_sent_complete")
        ),
        sa.CheckConstraint(
            "sent_at IS NULL OR discarded_at IS NULL",
            name=op.f("ck_handoff_batch_sent_or_discarded"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_handoff_batch_created_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_handoff_batch_round_id_round")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"],
            ["user_account.id"],
            name=op.f("fk_handoff_batch_sent_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_batch")),
    )
    op.create_index(op.f("ix_handoff_batch_round_id"), "handoff_batch", ["round_id"], unique=False)
    op.create_table(
        "reply_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("released_by_id", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["released_by_id"],
            ["user_account.id"],
            name=op.f("fk_reply_release_released_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_reply_release_round_id_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_release")),
    )
    op.create_index(op.f("ix_reply_release_round_id"), "reply_release", ["round_id"], unique=False)
    op.create_table(
        "body_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("office_days", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("filed_by_id", sa.Integer(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lapsed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(filed_at IS NULL) = (filed_by_id IS NULL)", name=op.f("ck_body_view_filed_complete")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_body_view_number")),
        sa.ForeignKeyConstraint(
            ["filed_by_id"], ["user_account.id"], name=op.f("fk_body_view_filed_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_body_view_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["reply_release.id"], name=op.f("fk_body_view_release_id_reply_release")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_view")),
        sa.UniqueConstraint("proposal_id", "number", name=op.f("uq_body_view_proposal_id_number")),
    )
    op.create_index(op.f("ix_body_view_release_id"), "body_view", ["release_id"], unique=False)
    op.create_table(
        "handoff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("destination_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column(
            "part",
            sa.Enum(
                "lead", "related", name="part", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "purpose",
            sa.Enum(
                "request",
                "information",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "sent",
                "acknowledged",
                "answered",
                "settled",
                "refused",
                "recalled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("request_text", sa.Text(), nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("prepared_by_id", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.Integer(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("suggested_id", sa.Integer(), nullable=True),
        sa.Column("rerouted_from_id", sa.Integer(), nullable=True),
        sa.Column("kept_for_version", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('prepared', 'sent', 'acknowledged', 'answered')) = (ended_at IS NULL)",
            name=op.f("ck_handoff_ended_when_over"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_handoff_end_complete")
        ),
        sa.CheckConstraint(
            "(sent_at IS NULL) = (sent_by_id IS NULL)", name=op.f("ck_handoff_sent_complete")
        ),
        sa.CheckConstraint("round_number > 0", name=op.f("ck_handoff_round_number")),
        sa.ForeignKeyConstraint(
            ["acknowledged_by_id"],
            ["user_account.id"],
            name=op.f("fk_handoff_acknowledged_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["user_account.id"], name=op.f("fk_handoff_assignee_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["handoff_batch.id"], name=op.f("fk_handoff_batch_id_handoff_batch")
        ),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["organization.id"],
            name=op.f("fk_handoff_destination_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["user_account.id"], name=op.f("fk_handoff_ended_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"],
            ["user_account.id"],
            name=op.f("fk_handoff_prepared_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_handoff_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["rerouted_from_id"], ["handoff.id"], name=op.f("fk_handoff_rerouted_from_id_handoff")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["user_account.id"], name=op.f("fk_handoff_sent_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["suggested_id"], ["organization.id"], name=op.f("fk_handoff_suggested_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff")),
    )
    op.create_index(op.f("ix_handoff_batch_id"), "handoff", ["batch_id"], unique=False)
    op.create_index(
        "ix_handoff_destination_id_state", "handoff", ["destination_id", "state"], unique=False
    )
    op.create_index(op.f("ix_handoff_proposal_id"), "handoff", ["proposal_id"], unique=False)
    op.create_index(
        op.f("ix_handoff_rerouted_from_id"), "handoff", ["rerouted_from_id"], unique=False
    )
    op.create_index("ix_handoff_state_due_on", "handoff", ["state", "due_on"], unique=False)
    op.create_index(
        "uq_handoff_open_destination",
        "handoff",
        ["proposal_id", "destination_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('prepared', 'sent', 'acknowledged', 'answered')"),
        postgresql_where=sa.text("state IN ('prepared', 'sent', 'acknowledged', 'answered')"),
    )
    op.create_index(
        "uq_handoff_open_lead",
        "handoff",
        ["proposal_id"],
        unique=True,
        sqlite_where=sa.text(
            "part = 'lead' AND state IN ('prepared', 'sent', 'acknowledged', 'answered')"
        ),
        postgresql_where=sa.text(
            "part = 'lead' AND state IN ('prepared', 'sent', 'acknowledged', 'answered')"
        ),
    )
    op.create_table(
        "handoff_due",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column(
            "term",
            sa.Enum(
                "form_check",
                "assignment",
                "review",
                "confirmation",
                "correction",
                "acknowledgement",
                "reply",
                "settlement",
                "view",
                "revisit",
                name="term",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("office_days", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoff.id"], name=op.f("fk_handoff_due_handoff_id_handoff")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["user_account.id"], name=op.f("fk_handoff_due_set_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_due")),
    )
    op.create_index(op.f("ix_handoff_due_handoff_id"), "handoff_due", ["handoff_id"], unique=False)
    op.create_table(
        "handoff_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column("stored_file_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(attachment_id IS NULL) <> (stored_file_id IS NULL)",
            name=op.f("ck_handoff_file_one_source"),
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachment.id"],
            name=op.f("fk_handoff_file_attachment_id_attachment"),
        ),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoff.id"], name=op.f("fk_handoff_file_handoff_id_handoff")
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"],
            ["stored_file.id"],
            name=op.f("fk_handoff_file_stored_file_id_stored_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoff_file")),
    )
    op.create_index(
        op.f("ix_handoff_file_handoff_id"), "handoff_file", ["handoff_id"], unique=False
    )
    op.create_table(
        "reexamination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("round_number > 1", name=op.f("ck_reexamination_round_number")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["user_account.id"],
            name=op.f("fk_reexamination_asked_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoff.id"], name=op.f("fk_reexamination_handoff_id_handoff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reexamination")),
        sa.UniqueConstraint(
            "handoff_id", "round_number", name=op.f("uq_reexamination_handoff_id_round_number")
        ),
    )
    op.create_table(
        "reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("round_number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "awaiting_approval",
                "sent",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "will_act",
                "done",
                "existing_system",
                "will_consider",
                "difficult",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("return_note", sa.Text(), nullable=False),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'sent') = (sent_at IS NOT NULL)"
            " AND (sent_at IS NULL) = (sent_by_id IS NULL)",
            name=op.f("ck_reply_sent_complete"),
        ),
        sa.CheckConstraint(
            "release_id IS NULL OR status = 'sent'", name=op.f("ck_reply_released_when_sent")
        ),
        sa.CheckConstraint(
            "status <> 'sent' OR kind IS NOT NULL", name=op.f("ck_reply_kind_when_sent")
        ),
        sa.CheckConstraint("round_number > 0", name=op.f("ck_reply_round_number")),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["user_account.id"], name=op.f("fk_reply_drafted_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["handoff_id"], ["handoff.id"], name=op.f("fk_reply_handoff_id_handoff")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["reply_release.id"], name=op.f("fk_reply_release_id_reply_release")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["user_account.id"], name=op.f("fk_reply_sent_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply")),
        sa.UniqueConstraint(
            "handoff_id", "round_number", name=op.f("uq_reply_handoff_id_round_number")
        ),
    )
    op.create_index(op.f("ix_reply_release_id"), "reply", ["release_id"], unique=False)
    op.create_table(
        "reply_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reply_id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["reply.id"], name=op.f("fk_reply_file_reply_id_reply")
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"],
            ["stored_file.id"],
            name=op.f("fk_reply_file_stored_file_id_stored_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_file")),
    )
    op.create_index(op.f("ix_reply_file_reply_id"), "reply_file", ["reply_id"], unique=False)
