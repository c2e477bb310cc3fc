"""Indexes of the lists (一覧の索引): counted and ordered without reading the cases themselves."""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

# Name, table, columns. The new ones begin with the columns of the old ones, which go.
NEW = (
    (
        "ix_proposal_listed_by_state",
        "proposal",
        ["round_id", "state", "receipt_sequence", "branch_number"],
    ),
    ("ix_proposal_listed_by_category", "proposal", ["round_id", "category_id", "state"]),
    ("ix_proposal_listed_by_body", "proposal", ["round_id", "organization_id", "state"]),
    ("ix_proposal_listed_by_due_date", "proposal", ["round_id", "due_on", "id"]),
    ("ix_outbox_message_recipient_id_read_at", "outbox_message", ["recipient_id", "read_at"]),
    (
        "ix_outbox_message_recipient_id_created_at",
        "outbox_message",
        ["recipient_id", "created_at", "id"],
    ),
    (
        "ix_proposal_label_kind_value_proposal_id",
        "proposal_label",
        ["kind", "value", "proposal_id"],
    ),
)
OLD = (
    ("ix_proposal_round_id_state", "proposal", ["round_id", "state"]),
    ("ix_proposal_round_id_category_id", "proposal", ["round_id", "category_id"]),
    ("ix_outbox_message_recipient_id", "outbox_message", ["recipient_id"]),
    ("ix_proposal_label_kind_value", "proposal_label", ["kind", "value"]),
)


def upgrade() -> None:
    """Add the indexes of the lists; those they contain go."""
    for name, table, columns in NEW:
        op.create_index(name, table, columns)
    for name, table, _columns in OLD:
        op.drop_index(name, table_name=table)


def downgrade() -> None:
    """Put the former indexes back."""
    for name, table, columns in OLD:
        op.create_index(name, table, columns)
    for name, table, _columns in NEW:
        op.drop_index(name, table_name=table)
