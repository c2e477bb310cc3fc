"""The index made anew, and compared with the texts (索引の作り直し・点検)."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, select, text

from app.core.unit_of_work import unit_of_work
from app.extensions import db
from app.search_index.grams import grams_of_text
from app.search_index.keeping import missing_owners
from app.search_index.models import FTS, SearchDocument
from app.search_index.sources import Source, sources
from app.search_index.store import batches, folded_text, put_documents, stored_documents


class StaleDocument(NamedTuple):
    """A document that is not what its text says (食い違う文書): why in one Japanese sentence."""

    kind: str
    owner_id: int
    reason: str


MISSING = "索引に文書がありません。"
STALE = "索引の文書が、今の本文と違います。"
LEFT_OVER = "本文がなくなった文書が、索引に残っています。"
NO_GRAMS = "文書の索引語がありません。"


def rebuild() -> int:
    """Throw the index away and make it anew (索引の作り直し); how many documents it has.

    One transaction a batch; in between the search finds what is done already.
    """
    with unit_of_work() as session:
        _empty(session.connection())
    return sum(_rebuild_kind(source) for source in sources().values())


def fill_missing() -> int:
    """Make the documents that are not there yet (索引の補充); how many. Nothing is thrown away.

    One transaction a batch, as for the whole index.
    """
    done = 0
    for source in sources().values():
        # A reading left open would keep whoever changes the tables next (migrations) waiting.
        with unit_of_work() as session:
            ids = missing_owners(session.connection(), source.kind)
        done += _put(source, ids)
    return done


def stale_documents(connection: Connection | None = None) -> list[StaleDocument]:
    """Compare the whole index with the texts (索引の点検); empty when it is in step.

    Beside writers it needs the connection of a snapshot: both sides are read one after the other.
    """
    connection = connection or db.session.connection()
    found: list[StaleDocument] = []
    for source in sources().values():
        found += _stale_of(connection, source)
    return [*found, *_without_grams(connection)]


def _rebuild_kind(source: Source) -> int:
    with unit_of_work() as session:
        ids = list(session.connection().execute(source.ids).scalars())
    return _put(source, ids)


def _put(source: Source, ids: Sequence[int]) -> int:
    done = 0
    for batch in batches(ids):
        with unit_of_work() as session:
            done += put_documents(session.connection(), source, batch)
    return done


def _empty(connection: Connection) -> None:
    connection.execute(delete(SearchDocument))
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO search_gram (search_gram) VALUES ('delete-all')"))


def _stale_of(connection: Connection, source: Source) -> list[StaleDocument]:
    ids = list(connection.execute(source.ids).scalars())
    listed = select(SearchDocument.owner_id).where(SearchDocument.kind == source.kind)
    left = set(connection.execute(listed).scalars()) - set(ids)
    found = [StaleDocument(source.kind, owner, LEFT_OVER) for owner in sorted(left)]
    for batch in batches(ids):
        wanted = {row.owner_id: row for row in source.read(connection, batch)}
        stored = stored_documents(connection, source.kind, batch)
        for owner in sorted(wanted.keys() | stored.keys()):
            if owner not in stored:
                found.append(StaleDocument(source.kind, owner, MISSING))
            elif owner not in wanted:
                found.append(StaleDocument(source.kind, owner, LEFT_OVER))
            elif stored[owner][1:] != (wanted[owner].case_id, folded_text(wanted[owner])):
                found.append(StaleDocument(source.kind, owner, STALE))
    return found


def _without_grams(connection: Connection) -> list[StaleDocument]:
    if connection.dialect.name == "sqlite":
        known = set(connection.execute(select(FTS.c.rowid)).scalars())
        rows = connection.execute(
            select(SearchDocument.id, SearchDocument.kind, SearchDocument.owner_id)
        )
        return [
            StaleDocument(row.kind, row.owner_id, NO_GRAMS) for row in rows if row.id not in known
        ]
    rows = connection.execute(
        select(
            SearchDocument.kind,
            SearchDocument.owner_id,
            SearchDocument.folded,
            SearchDocument.grams,
        ).execution_options(yield_per=1000)
    )
    return [
        StaleDocument(row.kind, row.owner_id, NO_GRAMS)
        for row in rows
        if set(row.grams or ()) != grams_of_text(row.folded)
    ]
