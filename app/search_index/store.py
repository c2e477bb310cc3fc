"""Writing documents and their grams (検索索引の書込み): one way for both engines."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from app.core.text import search_key
from app.search_index.grams import as_words, grams_of_text
from app.search_index.models import FTS, SearchDocument
from app.search_index.sources import Document, Source

BATCH = 500

_PUT_GRAMS = insert(FTS).values(rowid=bindparam("id"), grams=bindparam("words"))
_TAKE_GRAMS = delete(FTS).where(FTS.c.rowid == bindparam("id"))


def folded_text(document: Document) -> str:
    """Text of a document as the index keeps it: one folded field a line (検索キー)."""
    keys = (search_key(field) for field in document.fields)
    return "\n".join(key for key in keys if key)


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The ids, so many at a time as one statement takes."""
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def put_documents(connection: Connection, source: Source, ids: Sequence[int]) -> int:
    """Bring the documents of these owners in step with their texts; how many changed (索引更新).

    What an owner no longer has is taken away. Reads the database as the transaction sees it.
    """
    return sum(_put_batch(connection, source, batch) for batch in batches(ids))


def stored_documents(
    connection: Connection, kind: str, ids: Sequence[int]
) -> dict[int, tuple[int, int | None, str]]:
    """Id, case and folded text of the documents of these owners, by owner."""
    rows = connection.execute(
        select(
            SearchDocument.owner_id,
            SearchDocument.id,
            SearchDocument.case_id,
            SearchDocument.folded,
        ).where(SearchDocument.kind == kind, SearchDocument.owner_id.in_(ids))
    )
    return {row.owner_id: (row.id, row.case_id, row.folded) for row in rows}


def _put_batch(connection: Connection, source: Source, ids: Sequence[int]) -> int:
    wanted = {row.owner_id: (row.case_id, folded_text(row)) for row in source.read(connection, ids)}
    stored = stored_documents(connection, source.kind, ids)
    gone = [document[0] for owner, document in stored.items() if owner not in wanted]
    changed = [
        (stored[owner][0], *found)
        for owner, found in wanted.items()
        if owner in stored and stored[owner][1:] != found
    ]
    new = [(owner, *found) for owner, found in wanted.items() if owner not in stored]
    _take(connection, gone)
    for document_id, case_id, folded in changed:
        _change(connection, document_id, case_id, folded)
    # In the order of the owners, so that the newer one has the higher id.
    _add(connection, source.kind, sorted(new))
    return len(gone) + len(changed) + len(new)


def _add(
    connection: Connection, kind: str, documents: Sequence[tuple[int, int | None, str]]
) -> None:
    if not documents:
        return
    values = [
        {"kind": kind, "owner_id": owner, "case_id": case_id, **_texts(connection, folded)}
        for owner, case_id, folded in documents
    ]
    # In no order that is promised: SQLite would then be asked row by row.
    added = insert(SearchDocument).returning(SearchDocument.owner_id, SearchDocument.id)
    ids = {row.owner_id: row.id for row in connection.execute(added, values)}
    if _has_fts(connection):
        rows = [
            {"id": ids[owner], "words": as_words(grams_of_text(folded))}
            for owner, _case, folded in documents
        ]
        connection.execute(_PUT_GRAMS, rows)


def _change(connection: Connection, document_id: int, case_id: int | None, folded: str) -> None:
    values = {"case_id": case_id, **_texts(connection, folded)}
    connection.execute(
        update(SearchDocument).where(SearchDocument.id == document_id).values(**values)
    )
    if _has_fts(connection):
        connection.execute(_TAKE_GRAMS, {"id": document_id})
        words = as_words(grams_of_text(folded))
        connection.execute(_PUT_GRAMS, {"id": document_id, "words": words})


def _take(connection: Connection, document_ids: Sequence[int]) -> None:
    if not document_ids:
        return
    connection.execute(delete(SearchDocument).where(SearchDocument.id.in_(document_ids)))
    if _has_fts(connection):
        connection.execute(_TAKE_GRAMS, [{"id": id_} for id_ in document_ids])


def _texts(connection: Connection, folded: str) -> dict[str, Any]:
    grams = None if _has_fts(connection) else sorted(grams_of_text(folded))
    return {"folded": folded, "grams": grams}


def _has_fts(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
