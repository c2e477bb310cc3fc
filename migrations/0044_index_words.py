"""Index of the full-text search (検索索引).

The tables begin empty: `flask db upgrade` fills them with the program's own folding afterwards, as
`flask search reindex` does.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the documents, and what finds them on each engine."""
    op.create_table(
        "search_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column(
            "grams", sa.JSON().with_variant(ARRAY(sa.Integer()), "postgresql"), nullable=True
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_document")),
        sa.UniqueConstraint("kind", "owner_id", name=op.f("uq_search_document_kind_owner_id")),
    )
    op.create_index(op.f("ix_search_document_case_id"), "search_document", ["case_id"])
    op.create_index(
        "ix_search_document_grams",
        "search_document",
        ["grams"],
        postgresql_using="gin",
        sqlite_where=sa.text("grams IS NOT NULL"),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_gram USING fts5("
            "grams, content='', contentless_delete=1, detail=none, tokenize='ascii')"
        )


def downgrade() -> None:
    """Take the index away; it is made anew from the texts at any time."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_gram")
    op.drop_table("search_document")
