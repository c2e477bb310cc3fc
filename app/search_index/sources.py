"""Where documents come from (検索の文書の出どころ): registered by who knows the features."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select

from app.extensions import Base


@dataclass(frozen=True, kw_only=True)
class Document:
    """One text with the key of what it is of (文書). `fields` are the texts as typed."""

    owner_id: int
    case_id: int | None
    fields: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Watch:
    """A model whose rows a document is made from (索引の対象).

    Rows that are new, deleted or changed in one of the `columns` have the documents of their
    `owners` made anew: their ids, or one question for them.
    """

    model: type[Base]
    columns: tuple[str, ...]
    owners: Callable[[Sequence[Any]], Iterable[int] | Select[int]]


@dataclass(frozen=True, kw_only=True)
class Source:
    """One kind of document (文書の種類).

    `read` gives the documents of these owners as the database holds them, `ids` all owners in the
    order in which they are told apart as older and newer.
    """

    kind: str
    watches: tuple[Watch, ...]
    read: Callable[[Connection, Sequence[int]], Iterable[Document]]
    ids: Select[int]


_sources: dict[str, Source] = {}
_watches: dict[type[Base], dict[Watch, list[str]]] = {}


def register_source(source: Source) -> None:
    """Have the documents of a kind kept in step from now on (文書の登録)."""
    if source.kind in _sources:
        raise ValueError(f"a kind of documents is registered once: {source.kind}")
    _sources[source.kind] = source
    for watch in source.watches:
        _watches.setdefault(watch.model, {}).setdefault(watch, []).append(source.kind)


def sources() -> dict[str, Source]:
    """Every kind of document, by its name (文書の種類)."""
    return dict(_sources)


def watches_of(model: type[Any]) -> Mapping[Watch, Sequence[str]]:
    """The kinds of documents that depend on a model, by watch; empty for most models."""
    return _watches.get(model, {})
