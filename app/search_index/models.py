"""Documents of the search (検索の文書): a folded text and the key of what it is of."""

from sqlalchemy import JSON, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy import table as sql_table
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.expression import column

from app.extensions import Base

# On SQLite the grams lie in a full-text table of its own, whose rowid is the id of the document.
# It is no table of the models: SQLite makes it, and four more behind it (…_data, _idx, …).
FTS_NAME = "search_gram"
FTS = sql_table(FTS_NAME, column("rowid", Integer), column("grams", Text))


class SearchDocument(Base):
    """One text that is searched in (検索の文書).

    `folded` holds its fields folded by `search_key`, one a line, so that no hit runs from one field
    into the next. `kind` and `owner_id` name what it is of, `case_id` the case it belongs to; this
    package knows no more of them. `grams` are the numbers of its letters and pairs of letters, on
    PostgreSQL alone (GIN).
    """

    __tablename__ = "search_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    owner_id: Mapped[int]
    case_id: Mapped[int | None] = mapped_column(index=True)
    folded: Mapped[str] = mapped_column(Text)
    grams: Mapped[list[int] | None] = mapped_column(
        JSON().with_variant(ARRAY(Integer), "postgresql")
    )

    __table_args__ = (
        UniqueConstraint("kind", "owner_id"),
        # Empty on SQLite, where no document has grams.
        Index(
            "ix_search_document_grams",
            "grams",
            postgresql_using="gin",
            sqlite_where=text("grams IS NOT NULL"),
        ),
    )


def is_made_by_engine(name: str | None) -> bool:
    """Whether SQLite made a table of this name for the full-text index (検索索引の内部表)."""
    return name is not None and (name == FTS_NAME or name.startswith(f"{FTS_NAME}_"))
