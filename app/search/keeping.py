"""The index begins to be kept (検索索引の維持)."""

from app.extensions import alembic
from app.search.sources import register_sources
from app.search_index.keeping import keep_in_step
from app.search_index.rebuild import fill_missing


def keep_index() -> None:
    """Keep the index in step from now on; called once, when the program is put together."""
    register_sources()
    keep_in_step()
    # Rows that were there before the index was: an upgrade ends with a full one.
    alembic.followers.append(fill_missing)
