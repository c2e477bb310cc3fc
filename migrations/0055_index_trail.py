"""Indexes of the search in the trail (監査証跡の検索): by day, by person, by kind of act."""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

TABLE = "audit_event"
FORMER = {"ix_audit_event_actor_id": ["actor_id"], "ix_audit_event_occurred_at": ["occurred_at"]}
PRESENT = {
    "ix_audit_event_occurred_at_seq": ["occurred_at", "seq"],
    "ix_audit_event_actor_id_occurred_at_seq": ["actor_id", "occurred_at", "seq"],
    "ix_audit_event_verb_occurred_at_seq": ["verb", "occurred_at", "seq"],
}


def upgrade() -> None:
    """Let each way into the trail be read from its place, newest first."""
    for name in FORMER:
        op.drop_index(name, TABLE)
    for name, columns in PRESENT.items():
        op.create_index(name, TABLE, columns)


def downgrade() -> None:
    """Give the trail its former indexes."""
    for name in PRESENT:
        op.drop_index(name, TABLE)
    for name, columns in FORMER.items():
        op.create_index(name, TABLE, columns)
