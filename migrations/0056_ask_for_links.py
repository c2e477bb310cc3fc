"""Links for a new password by mail (再設定の申込み); an index to count the tries of all sources."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

WISH = "reset_wish"
TRIES = "ix_sign_in_attempt_step_attempted_at"


def upgrade() -> None:
    """Keep who asked for a link, and what the token of a mailed one is derived from."""
    op.create_table(
        WISH,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_wish")),
    )
    op.create_index("ix_reset_wish_answered_at", WISH, ["answered_at", "id"])
    op.create_index("ix_reset_wish_asked_at_source", WISH, ["asked_at", "source"])
    op.add_column("password_reset", sa.Column("mail_nonce", sa.String(64), nullable=True))
    op.create_index(TRIES, "sign_in_attempt", ["step", "attempted_at", "is_success"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index(TRIES, "sign_in_attempt")
    op.drop_column("password_reset", "mail_nonce")
    op.drop_index("ix_reset_wish_asked_at_source", WISH)
    op.drop_index("ix_reset_wish_answered_at", WISH)
    op.drop_table(WISH)
