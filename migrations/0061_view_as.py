"""Whose screens a signed-in browser looks at, and until when (代理閲覧)."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

LOOKED_AT = "ix_user_session_viewed_user_id"


def upgrade() -> None:
    """Keep it with the session: what ends the session ends the looking, too."""
    with op.batch_alter_table("user_session") as batch:
        batch.add_column(sa.Column("viewed_user_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("viewing_until", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_user_session_viewed_user_id_user_account"),
            "user_account",
            ["viewed_user_id"],
            ["id"],
        )
    op.create_index(LOOKED_AT, "user_session", ["viewed_user_id"])


def downgrade() -> None:
    """Nobody looks at another person's screens any more."""
    op.drop_index(LOOKED_AT, "user_session")
    with op.batch_alter_table("user_session") as batch:
        batch.drop_constraint(
            batch.f("fk_user_session_viewed_user_id_user_account"), type_="foreignkey"
        )
        batch.drop_column("viewing_until")
        batch.drop_column("viewed_user_id")
