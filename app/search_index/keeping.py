"""The index in step with the texts (索引の同期): in the transaction that writes them.

Whatever service writes a text, it does so through the session: a listener sees every flush and
makes the documents of the changed rows anew, from the database as the transaction sees it. A
service can forget a call; it cannot forget to flush.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Select, event, inspect, select
from sqlalchemy.engine import Result
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from app.search_index.models import SearchDocument
from app.search_index.sources import Watch, sources, watches_of
from app.search_index.store import put_documents

_DUE = "search documents that are due"


def keep_in_step() -> None:
    """Listen to every session (同期の開始); called once, when the program is put together."""
    event.listen(Session, "after_flush", _note_changes)
    event.listen(Session, "after_flush_postexec", _write_documents)
    event.listen(Session, "do_orm_execute", _follow_statement)


def _note_changes(session: Session, flushed: UOWTransaction) -> None:
    changed: dict[Watch, list[Any]] = {}
    # What the flush wrote, not what the session was told of: a part that its owner let go of is
    # deleted without being among the deleted ones.
    for state, (is_deleted, is_only_looked_at) in flushed.states.items():
        watches = {} if is_only_looked_at else watches_of(state.class_)
        if watches and (row := state.obj()) is not None:
            is_whole = is_deleted or state.key is None
            for watch in watches:
                if is_whole or _has_changed(row, watch.columns):
                    changed.setdefault(watch, []).append(row)
    due = session.info.setdefault(_DUE, {})
    for watch, rows in changed.items():
        _note(session, watch, rows, due)


def _note(session: Session, watch: Watch, rows: Sequence[Any], due: dict[str, set[int]]) -> None:
    owners = watch.owners(rows)
    if isinstance(owners, Select):
        owners = session.connection().execute(owners).scalars().all()
    for kind in watches_of(watch.model)[watch]:
        due.setdefault(kind, set()).update(owners)


def _has_changed(row: Any, columns: tuple[str, ...]) -> bool:
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in columns)


def _write_documents(session: Session, _flushed: UOWTransaction) -> None:
    due: dict[str, set[int]] = session.info.pop(_DUE, {})
    for kind, ids in due.items():
        put_documents(session.connection(), sources()[kind], sorted(ids))


def _follow_statement(asked: ORMExecuteState) -> Result[Any] | None:
    """Follow an UPDATE, DELETE or INSERT of many rows, which no flush tells of."""
    if not (asked.is_update or asked.is_delete or asked.is_insert) or asked.bind_mapper is None:
        return None
    watched = watches_of(asked.bind_mapper.class_)
    if not watched:
        return None
    if asked.is_insert:
        done = asked.invoke_statement()
        for kind in {kind for kinds in watched.values() for kind in kinds}:
            add_missing(asked.session.connection(), kind)
        return done
    due: dict[str, set[int]] = {}
    where = getattr(asked.statement, "whereclause", None)
    touched = select(asked.bind_mapper.class_)
    rows = asked.session.scalars(touched if where is None else touched.where(where)).all()
    for watch in watched:
        _note(asked.session, watch, rows, due)
    done = asked.invoke_statement()
    for kind, ids in due.items():
        put_documents(asked.session.connection(), sources()[kind], sorted(ids))
    return done


def add_missing(connection: Connection, kind: str) -> int:
    """Make the documents that owners of a kind do not have yet (不足の追加); how many."""
    return put_documents(connection, sources()[kind], missing_owners(connection, kind))


def missing_owners(connection: Connection, kind: str) -> list[int]:
    """Owners of a kind that have no document yet (文書のないもの), by id."""
    ids = list(connection.execute(sources()[kind].ids).scalars())
    listed = select(SearchDocument.owner_id).where(SearchDocument.kind == kind)
    have = set(connection.execute(listed).scalars())
    return [id_ for id_ in ids if id_ not in have]
