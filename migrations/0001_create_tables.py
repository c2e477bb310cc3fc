"""Create the tables of the foundation.

Accounts, trail, outbox, rounds and schemes, registers, proposals, triage, job ledger.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = ("default",)
depends_on = None


def upgrade() -> None:
    """Create all tables."""
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "job_run",
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("scheduled_for", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.String(length=80), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effects", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint("effects >= 0", name=op.f("ck_job_run_effects")),
        sa.PrimaryKeyConstraint("job", "scheduled_for", name=op.f("pk_job_run")),
    )
    op.create_table(
        "organization",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "local_government",
                "ministry",
                "secretariat",
                "association",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'local_government' OR code IS NOT NULL",
            name=op.f("ck_organization_code_present"),
        ),
        sa.CheckConstraint(
            "code IS NULL OR length(code) = 6", name=op.f("ck_organization_code_length")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organization.id"], name=op.f("fk_organization_parent_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("code", name=op.f("uq_organization_code")),
    )
    op.create_index("ix_organization_kind_name", "organization", ["kind", "name"], unique=False)
    op.create_index(op.f("ix_organization_parent_id"), "organization", ["parent_id"], unique=False)
    op.create_table(
        "register_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "register",
            sa.Enum(
                "types",
                "bunken",
                "core20",
                "closely_related",
                "keiyu_jimu",
                "keiyu_chosa",
                "common_system",
                "dpi",
                name="register",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("ministry_name", sa.String(length=100), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entry")),
        sa.UniqueConstraint("register", "number", name=op.f("uq_register_entry_register_number")),
    )
    op.create_index(
        "ix_register_entry_register_title", "register_entry", ["register", "title"], unique=False
    )
    op.create_table(
        "scheme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme")),
        sa.UniqueConstraint("key", name=op.f("uq_scheme_key")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login_key", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_success", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(
        "ix_sign_in_attempt_login_key_attempted_at",
        "sign_in_attempt",
        ["login_key", "attempted_at"],
        unique=False,
    )
    op.create_index(
        "ix_sign_in_attempt_source_attempted_at",
        "sign_in_attempt",
        ["source", "attempted_at"],
        unique=False,
    )
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("group_code", sa.String(length=8), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("short_label", sa.String(length=40), nullable=False),
        sa.Column("response_policy", sa.Text(), nullable=False),
        sa.Column(
            "follow_up",
            sa.Enum(
                "inform",
                "other_process",
                "handoff",
                "trigger",
                "revisit",
                "candidate",
                "reference",
                name="follow_up",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_evidence_required", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("available_from", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["scheme.id"], name=op.f("fk_category_scheme_id_scheme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category")),
        sa.UniqueConstraint("scheme_id", "code", name=op.f("uq_category_scheme_id_code")),
        sa.UniqueConstraint("scheme_id", "key", name=op.f("uq_category_scheme_id_key")),
        sa.UniqueConstraint("scheme_id", "position", name=op.f("uq_category_scheme_id_position")),
    )
    op.create_table(
        "organization_type",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column(
            "org_type",
            sa.Enum(
                "prefecture",
                "designated_city",
                "core_city",
                "city",
                "special_ward",
                "town_village",
                "union",
                name="org_type",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from",
            name=op.f("ck_organization_type_period_order"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_organization_type_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "valid_from", name=op.f("pk_organization_type")),
    )
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=8), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_practice", sa.Boolean(), nullable=False),
        sa.Column("reviewers_required", sa.Integer(), nullable=False),
        sa.Column("title_limit", sa.Integer(), nullable=False),
        sa.Column("requested_measure_limit", sa.Integer(), nullable=False),
        sa.Column("hardship_and_effect_limit", sa.Integer(), nullable=False),
        sa.Column(
            "special_ward_counts_as",
            sa.Enum(
                "prefecture",
                "designated_city",
                "core_city",
                "city",
                "special_ward",
                "town_village",
                "union",
                name="special_ward_counts_as",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("statistics_published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_receipt_sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_round_period_order")),
        sa.CheckConstraint(
            "last_receipt_sequence >= 0", name=op.f("ck_round_last_receipt_sequence")
        ),
        sa.CheckConstraint(
            "reviewers_required IN (1, 2)", name=op.f("ck_round_reviewers_required")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["scheme.id"], name=op.f("fk_round_scheme_id_scheme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("key", name=op.f("uq_round_key")),
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=100), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_user_account_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("login", name=op.f("uq_user_account_login")),
    )
    op.create_index(
        op.f("ix_user_account_organization_id"), "user_account", ["organization_id"], unique=False
    )
    op.create_table(
        "audit_event",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verb", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_label", sa.String(length=210), nullable=False),
        sa.Column("subject_type", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("subject_version", sa.Integer(), nullable=True),
        sa.Column("from_state", sa.String(length=64), nullable=True),
        sa.Column("to_state", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("entry_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("seq > 0", name=op.f("ck_audit_event_seq_positive")),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_audit_event_actor_id_user_account")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("entry_hash", name=op.f("uq_audit_event_entry_hash")),
    )
    op.create_index(op.f("ix_audit_event_actor_id"), "audit_event", ["actor_id"], unique=False)
    op.create_index("ix_audit_event_occurred_at", "audit_event", ["occurred_at"], unique=False)
    op.create_index(
        "ix_audit_event_subject_type_subject_id_seq",
        "audit_event",
        ["subject_type", "subject_id", "seq"],
        unique=False,
    )
    op.create_table(
        "closing_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("old_closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("new_closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["changed_by_id"],
            ["user_account.id"],
            name=op.f("fk_closing_change_changed_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_closing_change_round_id_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing_change")),
    )
    op.create_index(
        op.f("ix_closing_change_round_id"), "closing_change", ["round_id"], unique=False
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=200), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "queued",
                "sent",
                "parked",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["user_account.id"],
            name=op.f("fk_outbox_message_recipient_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_message_dedupe_key")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_message_id")),
    )
    op.create_index(
        op.f("ix_outbox_message_recipient_id"), "outbox_message", ["recipient_id"], unique=False
    )
    op.create_index(
        "ix_outbox_message_status_created_at",
        "outbox_message",
        ["status", "created_at"],
        unique=False,
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("receipt_sequence", sa.Integer(), nullable=True),
        sa.Column("receipt_number", sa.String(length=16), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("requested_measure", sa.Text(), nullable=False),
        sa.Column("hardship_case", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("ministry_id", sa.Integer(), nullable=True),
        sa.Column("is_viewpoint_new_issue", sa.Boolean(), nullable=False),
        sa.Column("is_viewpoint_reform_burden", sa.Boolean(), nullable=False),
        sa.Column("is_viewpoint_timely_data", sa.Boolean(), nullable=False),
        sa.Column("adoption_status", sa.Text(), nullable=False),
        sa.Column("bunken_control_number", sa.String(length=16), nullable=False),
        sa.Column("contact_department", sa.String(length=100), nullable=False),
        sa.Column("contact_email", sa.String(length=254), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "accepted",
                "in_review",
                "in_confirmation",
                "pending",
                "classified",
                "closed",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("provisional_category_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("outcome_text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'draft') = (receipt_number IS NULL)",
            name=op.f("ck_proposal_receipt_after_submission"),
        ),
        sa.CheckConstraint(
            "(state IN ('classified', 'closed')) = (category_id IS NOT NULL)",
            name=op.f("ck_proposal_category_when_classified"),
        ),
        sa.CheckConstraint(
            "state <> 'pending' OR due_on IS NOT NULL",
            name=op.f("ck_proposal_revisit_date_present"),
        ),
        sa.CheckConstraint(
            "state = 'draft' OR submitted_at IS NOT NULL",
            name=op.f("ck_proposal_submitted_at_present"),
        ),
        sa.CheckConstraint(
            "(receipt_number IS NULL) = (receipt_sequence IS NULL)",
            name=op.f("ck_proposal_receipt_pair"),
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_proposal_category_id_category")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"],
            ["user_account.id"],
            name=op.f("fk_proposal_created_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["ministry_id"], ["organization.id"], name=op.f("fk_proposal_ministry_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_proposal_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["provisional_category_id"],
            ["category.id"],
            name=op.f("fk_proposal_provisional_category_id_category"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_proposal_round_id_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("receipt_number", name=op.f("uq_proposal_receipt_number")),
        sa.UniqueConstraint(
            "round_id", "receipt_sequence", name=op.f("uq_proposal_round_id_receipt_sequence")
        ),
    )
    op.create_index("ix_proposal_due_on", "proposal", ["due_on"], unique=False)
    op.create_index(op.f("ix_proposal_ministry_id"), "proposal", ["ministry_id"], unique=False)
    op.create_index(
        "ix_proposal_organization_id_state", "proposal", ["organization_id", "state"], unique=False
    )
    op.create_index(
        "ix_proposal_round_id_category_id", "proposal", ["round_id", "category_id"], unique=False
    )
    op.create_index("ix_proposal_round_id_state", "proposal", ["round_id", "state"], unique=False)
    op.create_table(
        "published_figure",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_published_figure_round_id_round")
        ),
        sa.PrimaryKeyConstraint("round_id", "name", name=op.f("pk_published_figure")),
    )
    op.create_table(
        "round_extension",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_round_extension_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_round_extension_round_id_round")
        ),
        sa.PrimaryKeyConstraint("round_id", "organization_id", name=op.f("pk_round_extension")),
    )
    op.create_table(
        "round_term",
        sa.Column("round_id", sa.Integer(), nullable=False),
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
                "view",
                "revisit",
                name="term",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("office_days", sa.Integer(), nullable=False),
        sa.CheckConstraint("office_days >= 0", name=op.f("ck_round_term_office_days")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_round_term_round_id_round")
        ),
        sa.PrimaryKeyConstraint("round_id", "term", name=op.f("pk_round_term")),
    )
    op.create_table(
        "user_role",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "proposer",
                "proposer_manager",
                "officer",
                "lead",
                "ministry_officer",
                "ministry_coordinator",
                "observer",
                "auditor",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_role_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_user_role")),
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    op.create_index(op.f("ix_user_session_user_id"), "user_session", ["user_id"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "confirmed",
                "disputed",
                "decided",
                "superseded",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user_account.id"], name=op.f("fk_assessment_author_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_assessment_category_id_category")
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_assessment_proposal_id_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("id", "author_id", name=op.f("uq_assessment_id_author_id")),
    )
    op.create_index(op.f("ix_assessment_author_id"), "assessment", ["author_id"], unique=False)
    op.create_index(
        "ix_assessment_proposal_id_id", "assessment", ["proposal_id", "id"], unique=False
    )
    op.create_index(
        "uq_assessment_open",
        "assessment",
        ["proposal_id"],
        unique=True,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("assigned_by_id", sa.Integer(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assigned_by_id"],
            ["user_account.id"],
            name=op.f("fk_assignment_assigned_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_assignment_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["user_account.id"],
            name=op.f("fk_assignment_reviewer_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    op.create_index(
        "ix_assignment_reviewer_id_ended_at",
        "assignment",
        ["reviewer_id", "ended_at"],
        unique=False,
    )
    op.create_index(
        "uq_assignment_current",
        "assignment",
        ["proposal_id", "reviewer_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "case_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
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
                "view",
                "revisit",
                name="term",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "holder",
            sa.Enum(
                "secretariat",
                "proposer",
                "ministry",
                name="holder",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("office_days", sa.Integer(), nullable=True),
        sa.Column("days_used", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "end",
            sa.Enum(
                "done",
                "stopped",
                "replaced",
                name="end",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            '(ended_at IS NULL) = ("end" IS NULL)', name=op.f("ck_case_clock_end_complete")
        ),
        sa.CheckConstraint("days_used >= 0", name=op.f("ck_case_clock_days_used")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_case_clock_proposal_id_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_clock")),
    )
    op.create_index(
        "ix_case_clock_proposal_id_id", "case_clock", ["proposal_id", "id"], unique=False
    )
    op.create_index(
        "uq_case_clock_running",
        "case_clock",
        ["proposal_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "conflict_of_interest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "declared",
                "seconded",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(organization_id IS NULL) <> (proposal_id IS NULL)",
            name=op.f("ck_conflict_of_interest_one_subject"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_conflict_of_interest_organization_id_organization"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_conflict_of_interest_proposal_id_proposal"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_conflict_of_interest_user_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflict_of_interest")),
    )
    op.create_index(
        op.f("ix_conflict_of_interest_user_id"), "conflict_of_interest", ["user_id"], unique=False
    )
    op.create_table(
        "correction_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["proposal.id"],
            name=op.f("fk_correction_request_proposal_id_proposal"),
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"],
            ["user_account.id"],
            name=op.f("fk_correction_request_requested_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_request")),
    )
    op.create_index(
        op.f("ix_correction_request_proposal_id"),
        "correction_request",
        ["proposal_id"],
        unique=False,
    )
    op.create_table(
        "late_submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "accepted",
                "refused",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(decision IS NULL) = (decided_by_id IS NULL)"
            " AND (decision IS NULL) = (decided_at IS NULL)",
            name=op.f("ck_late_submission_decision_complete"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_late_submission_decided_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_late_submission_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_id"],
            ["user_account.id"],
            name=op.f("fk_late_submission_requested_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_submission")),
    )
    op.create_index(
        "uq_late_submission_waiting",
        "late_submission",
        ["proposal_id"],
        unique=True,
        sqlite_where=sa.text("decision IS NULL"),
        postgresql_where=sa.text("decision IS NULL"),
    )
    op.create_table(
        "proposal_revision",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_proposal_revision_number_positive")),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_revision_proposal_id_proposal")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"],
            ["user_account.id"],
            name=op.f("fk_proposal_revision_submitted_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("proposal_id", "number", name=op.f("pk_proposal_revision")),
    )
    op.create_table(
        "assessment_decision",
        sa.Column("assessment_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "confirm",
                "dispute",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(kind = 'dispute') = (category_id IS NOT NULL)",
            name=op.f("ck_assessment_decision_other_category"),
        ),
        sa.CheckConstraint(
            "decided_by_id <> author_id", name=op.f("ck_assessment_decision_second_person")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_id", "author_id"],
            ["assessment.id", "assessment.author_id"],
            name=op.f("fk_assessment_decision_assessment_id_author_id_assessment"),
        ),
        sa.ForeignKeyConstraint(
            ["category_id"],
            ["category.id"],
            name=op.f("fk_assessment_decision_category_id_category"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_assessment_decision_decided_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_assessment_decision")),
    )
    op.create_table(
        "assessment_evidence",
        sa.Column("assessment_id", sa.Integer(), nullable=False),
        sa.Column("register_entry_id", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessment.id"],
            name=op.f("fk_assessment_evidence_assessment_id_assessment"),
        ),
        sa.ForeignKeyConstraint(
            ["register_entry_id"],
            ["register_entry.id"],
            name=op.f("fk_assessment_evidence_register_entry_id_register_entry"),
        ),
        sa.PrimaryKeyConstraint(
            "assessment_id", "register_entry_id", name=op.f("pk_assessment_evidence")
        ),
    )
    op.create_table(
        "correction_item",
        sa.Column("correction_request_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["correction_request_id"],
            ["correction_request.id"],
            name=op.f("fk_correction_item_correction_request_id_correction_request"),
        ),
        sa.PrimaryKeyConstraint(
            "correction_request_id", "position", name=op.f("pk_correction_item")
        ),
    )


def downgrade() -> None:
    """Drop all tables."""
    op.drop_table("correction_item")
    op.drop_table("assessment_evidence")
    op.drop_table("assessment_decision")
    op.drop_table("proposal_revision")
    op.drop_index(
        "uq_late_submission_waiting",
        table_name="late_submission",
        sqlite_where=sa.text("decision IS NULL"),
        postgresql_where=sa.text("decision IS NULL"),
    )
    op.drop_table("late_submission")
    op.drop_index(op.f("ix_correction_request_proposal_id"), table_name="correction_request")
    op.drop_table("correction_request")
    op.drop_index(op.f("ix_conflict_of_interest_user_id"), table_name="conflict_of_interest")
    op.drop_table("conflict_of_interest")
    op.drop_index(
        "uq_case_clock_running",
        table_name="case_clock",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_case_clock_proposal_id_id", table_name="case_clock")
    op.drop_table("case_clock")
    op.drop_index(
        "uq_assignment_current",
        table_name="assignment",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_assignment_reviewer_id_ended_at", table_name="assignment")
    op.drop_table("assignment")
    op.drop_index(
        "uq_assessment_open",
        table_name="assessment",
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.drop_index("ix_assessment_proposal_id_id", table_name="assessment")
    op.drop_index(op.f("ix_assessment_author_id"), table_name="assessment")
    op.drop_table("assessment")
    op.drop_index(op.f("ix_user_session_user_id"), table_name="user_session")
    op.drop_table("user_session")
    op.drop_table("user_role")
    op.drop_table("round_term")
    op.drop_table("round_extension")
    op.drop_table("published_figure")
    op.drop_index("ix_proposal_round_id_state", table_name="proposal")
    op.drop_index("ix_proposal_round_id_category_id", table_name="proposal")
    op.drop_index("ix_proposal_organization_id_state", table_name="proposal")
    op.drop_index(op.f("ix_proposal_ministry_id"), table_name="proposal")
    op.drop_index("ix_proposal_due_on", table_name="proposal")
    op.drop_table("proposal")
    op.drop_index("ix_outbox_message_status_created_at", table_name="outbox_message")
    op.drop_index(op.f("ix_outbox_message_recipient_id"), table_name="outbox_message")
    op.drop_table("outbox_message")
    op.drop_index(op.f("ix_closing_change_round_id"), table_name="closing_change")
    op.drop_table("closing_change")
    op.drop_index("ix_audit_event_subject_type_subject_id_seq", table_name="audit_event")
    op.drop_index("ix_audit_event_occurred_at", table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_actor_id"), table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_index(op.f("ix_user_account_organization_id"), table_name="user_account")
    op.drop_table("user_account")
    op.drop_table("round")
    op.drop_table("organization_type")
    op.drop_table("category")
    op.drop_index("ix_sign_in_attempt_source_attempted_at", table_name="sign_in_attempt")
    op.drop_index("ix_sign_in_attempt_login_key_attempted_at", table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_table("scheme")
    op.drop_index("ix_register_entry_register_title", table_name="register_entry")
    op.drop_table("register_entry")
    op.drop_index(op.f("ix_organization_parent_id"), table_name="organization")
    op.drop_index("ix_organization_kind_name", table_name="organization")
    op.drop_table("organization")
    op.drop_table("job_run")
    op.drop_table("audit_head")
