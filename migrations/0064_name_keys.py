"""Keys of the names in the trail (氏名の鍵)."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

KEY_BYTES = 32


def upgrade() -> None:
    """Give every account a key; entries that are there keep the name as they have it."""
    op.add_column("user_account", sa.Column("name_key", sa.String(length=64), nullable=True))
    users = sa.table("user_account", sa.column("id"), sa.column("name_key"))
    connection = op.get_bind()
    for id_ in connection.scalars(sa.select(users.c.id)).all():
        key = secrets.token_hex(KEY_BYTES)
        connection.execute(sa.update(users).where(users.c.id == id_).values(name_key=key))


def downgrade() -> None:
    """Remove the keys; who acted is then told by the number of the account alone."""
    op.drop_column("user_account", "name_key")
