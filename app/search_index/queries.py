"""Finding documents (検索): one question for both engines.

The grams give the documents in which the words may stand, in the order of their ids and only as
far as somebody reads; the folded text says whether they do. So a hit is a hit, on both engines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    case,
    false,
    func,
    join,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from app.extensions import db
from app.search_index.grams import grams_of_word
from app.search_index.models import FTS, FTS_NAME, SearchDocument


@dataclass(frozen=True)
class Contains:
    """The folded text has this folded word in it (語を含む)."""

    key: str


@dataclass(frozen=True)
class AllOf:
    """All of these hold (かつ); nothing to hold is always true."""

    parts: tuple["Wanted", ...]


@dataclass(frozen=True)
class AnyOf:
    """One of these holds (または)."""

    parts: tuple["Wanted", ...]


@dataclass(frozen=True)
class Without:
    """This does not hold (除く)."""

    part: "Wanted"


@dataclass(frozen=True)
class OwnedBy:
    """The document is of one of these owners (文書の持ち主): found by a key, not by its text."""

    kinds: tuple[str, ...]
    owner_ids: tuple[int, ...]


Wanted = Contains | AllOf | AnyOf | Without | OwnedBy


class Matching(NamedTuple):
    """Parts of a statement that finds documents (検索文の部品).

    `position` is the id of the document as the engine gives it in order; ordered by anything else,
    the whole index would be read for one page.
    """

    source: FromClause
    condition: ColumnElement[bool]
    position: ColumnElement[int]


def matching(
    wanted: Wanted, *, through_index: bool = True, among: Select[int] | None = None
) -> Matching:
    """Find documents by their text (文書の検索), for a statement that joins and narrows them.

    Without the index the texts alone are read: for a reader of few of them, whose time must not
    depend on the others. With `among` only the texts of these owners are read.
    """
    condition = stands_in(wanted)
    if among is not None:
        # In this order, whatever the engine thinks a text costs.
        is_meant = SearchDocument.owner_id.in_(among.correlate(None))
        condition = case((is_meant, condition), else_=false())
    if not through_index:
        return Matching(SearchDocument.__table__, condition, SearchDocument.id.expression)
    if _is_sqlite():
        words = _fts_words(wanted)
        if words:
            source = join(FTS, SearchDocument.__table__, SearchDocument.id == FTS.c.rowid)
            return Matching(source, and_(_fts_match(words), condition), FTS.c.rowid)
    may = _among_candidates(wanted) if _is_sqlite() else _array_condition(wanted)
    narrowed = condition if may is None else and_(may, condition)
    return Matching(SearchDocument.__table__, narrowed, SearchDocument.id.expression)


def owners_with(
    kinds: Sequence[str], wanted: Wanted, *, among: Select[int] | None = None
) -> Select[int]:
    """Ids of the owners of these kinds whose text matches (文書の持ち主), for `in_`.

    With `among` only texts of these owners are read. The grams of a frequent word say nearly every
    document, and to read the text of each takes far longer than to look its owner up.
    """
    found = matching(wanted, among=among)
    return (
        select(SearchDocument.owner_id)
        .select_from(found.source)
        .where(SearchDocument.kind.in_(kinds), found.condition)
    )


def stands_in(wanted: Wanted) -> ColumnElement[bool]:
    """Condition on the folded text itself (本文との照合)."""
    if isinstance(wanted, Contains):
        return has_word(literal(wanted.key), is_sqlite=_is_sqlite())
    if isinstance(wanted, Without):
        return not_(stands_in(wanted.part))
    if isinstance(wanted, OwnedBy):
        return _is_owned(wanted)
    parts = [stands_in(part) for part in wanted.parts]
    return and_(true(), *parts) if isinstance(wanted, AllOf) else or_(*parts)


def has_word(word: ColumnElement[str], *, is_sqlite: bool) -> ColumnElement[bool]:
    """Condition: the folded text has this folded word in it (本文との照合)."""
    find = func.instr if is_sqlite else func.strpos
    return find(SearchDocument.folded, word) > 0


def _is_owned(wanted: OwnedBy) -> ColumnElement[bool]:
    of_kind = SearchDocument.kind.in_(wanted.kinds)
    return and_(of_kind, SearchDocument.owner_id.in_(wanted.owner_ids))


def _fts_match(words: str) -> ColumnElement[bool]:
    # The whole table is asked: without positions it knows no columns.
    return literal_column(FTS_NAME, Text).bool_op("MATCH")(words)


def _among_candidates(wanted: Wanted) -> ColumnElement[bool] | None:
    candidates = _fts_candidates(wanted)
    return SearchDocument.id.in_(union_all(*candidates)) if candidates else None


def _fts_candidates(wanted: Wanted) -> list[Select[int]]:
    """Ids among which all hits are, where owners stand beside words; none if nothing narrows."""
    words = _fts_words(wanted)
    if words:
        return [select(FTS.c.rowid).where(_fts_match(words))]
    if isinstance(wanted, OwnedBy):
        return [select(SearchDocument.id).where(_is_owned(wanted)).correlate(None)]
    if isinstance(wanted, AnyOf):
        parts = [_fts_candidates(part) for part in wanted.parts]
        return [found for part in parts for found in part] if all(parts) else []
    if isinstance(wanted, AllOf):
        return next((found for part in wanted.parts if (found := _fts_candidates(part))), [])
    return []


def _fts_words(wanted: Wanted) -> str:
    """Question to the full-text table; "" where it cannot narrow anything."""
    if isinstance(wanted, Without | OwnedBy):
        return ""
    if isinstance(wanted, Contains):
        return " AND ".join(f'"g{gram:x}"' for gram in sorted(grams_of_word(wanted.key)))
    parts = [_fts_words(part) for part in wanted.parts]
    if isinstance(wanted, AllOf):
        return " AND ".join(f"({part})" for part in parts if part)
    return " OR ".join(f"({part})" for part in parts) if all(parts) else ""


def _array_condition(wanted: Wanted) -> ColumnElement[bool] | None:
    if isinstance(wanted, Without):
        return None
    if isinstance(wanted, OwnedBy):
        return _is_owned(wanted)
    if isinstance(wanted, Contains):
        grams = literal(sorted(grams_of_word(wanted.key)), ARRAY(Integer))
        return SearchDocument.grams.bool_op("@>")(grams)
    parts: Sequence[ColumnElement[bool] | None] = [_array_condition(part) for part in wanted.parts]
    known = [part for part in parts if part is not None]
    if isinstance(wanted, AllOf):
        return and_(*known) if known else None
    return or_(*known) if known and len(known) == len(parts) else None


def _is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
