"""Publications and disclosures (公表・情報公開)."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the public copies with their consents, and what is disclosed on request."""
    op.create_table(
        "disclosure_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "awaiting_approval",
                "approved",
                name="disclosure_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'approved') = (approved_by_id IS NOT NULL)"
            " AND (approved_at IS NULL) = (approved_by_id IS NULL)",
            name=op.f("ck_disclosure_request_approved_complete"),
        ),
        sa.CheckConstraint(
            "(status = 'open') = (asked_by_id IS NULL)"
            " AND (asked_at IS NULL) = (asked_by_id IS NULL)",
            name=op.f("ck_disclosure_request_asked_complete"),
        ),
        sa.CheckConstraint(
            "approved_by_id <> asked_by_id", name=op.f("ck_disclosure_request_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["approved_by_id"],
            ["user_account.id"],
            name=op.f("fk_disclosure_request_approved_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["user_account.id"],
            name=op.f("fk_disclosure_request_asked_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_disclosure_request_created_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_request")),
        sa.UniqueConstraint("number", name=op.f("uq_disclosure_request_number")),
    )
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("receipt_number", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "prepared",
                "published",
                "withdrawn",
                "discarded",
                name="publication_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "public_state",
            sa.Enum(
                "under_review",
                "answered",
                "candidate",
                "closed",
                name="public_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("category_code", sa.String(length=20), nullable=False),
        sa.Column("ministry", sa.String(length=100), nullable=False),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("shows_view", sa.Boolean(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("prepared_by_id", sa.Integer(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publishes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status IN ('withdrawn', 'discarded')) = (ended_at IS NOT NULL)"
            " AND (ended_at IS NULL) = (ended_by_id IS NULL)",
            name=op.f("ck_publication_ended_complete"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('published', 'withdrawn') OR published_at IS NOT NULL",
            name=op.f("ck_publication_published_when_public"),
        ),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL)"
            " AND (published_at IS NULL) = (publishes_at IS NULL)",
            name=op.f("ck_publication_published_complete"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_publication_number")),
        sa.CheckConstraint(
            "published_by_id <> prepared_by_id", name=op.f("ck_publication_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["user_account.id"],
            name=op.f("fk_publication_ended_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"],
            ["user_account.id"],
            name=op.f("fk_publication_prepared_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_publication_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"],
            ["user_account.id"],
            name=op.f("fk_publication_published_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_publication_round_id_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint(
            "proposal_id", "number", name=op.f("uq_publication_proposal_id_number")
        ),
    )
    op.create_index(
        op.f("ix_publication_receipt_number"), "publication", ["receipt_number"], unique=False
    )
    op.create_index(op.f("ix_publication_round_id"), "publication", ["round_id"], unique=False)
    op.create_index(
        "ix_publication_status_publishes_at",
        "publication",
        ["status", "publishes_at"],
        unique=False,
    )
    op.create_index(
        "uq_publication_prepared",
        "publication",
        ["proposal_id"],
        unique=True,
        sqlite_where=sa.text("status = 'prepared'"),
        postgresql_where=sa.text("status = 'prepared'"),
    )
    op.create_table(
        "publication_consent",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("shows_view", sa.Boolean(), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["given_by_id"],
            ["user_account.id"],
            name=op.f("fk_publication_consent_given_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_publication_consent_proposal_id_proposal"),
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_publication_consent")),
    )
    op.create_table(
        "disclosure_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "text",
                "decision",
                "letter",
                "reply",
                "view",
                "comment",
                "history",
                "attachment",
                name="record_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=True),
        sa.Column(
            "ground",
            sa.Enum(
                "person",
                "anonymized",
                "corporation",
                "security",
                "public_order",
                "deliberation",
                "operation",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(kind = 'attachment') = (attachment_id IS NOT NULL)",
            name=op.f("ck_disclosure_record_attachment_named"),
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachment.id"],
            name=op.f("fk_disclosure_record_attachment_id_attachment"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_disclosure_record_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["disclosure_request.id"],
            name=op.f("fk_disclosure_record_request_id_disclosure_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_record")),
        sa.UniqueConstraint(
            "request_id", "position", name=op.f("uq_disclosure_record_request_id_position")
        ),
    )
    op.create_index(
        op.f("ix_disclosure_record_proposal_id"), "disclosure_record", ["proposal_id"], unique=False
    )
    op.create_table(
        "redaction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("stop", sa.Integer(), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "person",
                "anonymized",
                "corporation",
                "security",
                "public_order",
                "deliberation",
                "operation",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("marked_by_id", sa.Integer(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("start >= 0 AND start < stop", name=op.f("ck_redaction_span")),
        sa.ForeignKeyConstraint(
            ["marked_by_id"],
            ["user_account.id"],
            name=op.f("fk_redaction_marked_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["disclosure_record.id"],
            name=op.f("fk_redaction_record_id_disclosure_record"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redaction")),
    )
    op.create_index(op.f("ix_redaction_record_id"), "redaction", ["record_id"], unique=False)


def downgrade() -> None:
    """Remove them."""
    op.drop_table("redaction")
    op.drop_table("disclosure_record")
    op.drop_table("publication_consent")
    op.drop_table("publication")
    op.drop_table("disclosure_request")
