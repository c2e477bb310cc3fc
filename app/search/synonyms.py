"""Other names of a word (同義語), from the names and aliases of the registers (台帳の別名)."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Select, String, bindparam, select

from app.extensions import db
from app.registers.models import RegisterAlias, RegisterEntry
from app.search.kinds import Kind
from app.search.language import Word
from app.search_index.models import SearchDocument
from app.search_index.queries import has_word

MOST_NAMES = 8


def other_names(word: Word) -> list[str]:
    """Names that stand for the same row of a register as this word (同義語), by the register.

    住宅使用料 is an alias of 公営住宅: each finds the other. An exact word has none.
    """
    if word.is_exact:
        return []
    is_sqlite = db.engine.dialect.name == "sqlite"
    rows = db.session.execute(_rows_with(is_sqlite), {"word": word.key}).all()
    names = _names_of([(row.id, row.title) for row in rows])
    found: dict[str, str] = {}
    for of_row in names.values():
        keys = [Word(name).key for name in of_row]
        if word.key in keys:
            found |= {key: name for key, name in zip(keys, of_row, strict=True) if key}
    # What has the word in it is found anyway.
    return [name for key, name in found.items() if word.key not in key][:MOST_NAMES]


# The words of a question that every page asks are made once; it is asked anew each time.
@cache
def _rows_with(is_sqlite: bool) -> Select[int, str]:
    """Rows of the registers with a word: a name is a line of its own in the document of its row."""
    return (
        select(RegisterEntry.id, RegisterEntry.title)
        .join(SearchDocument, SearchDocument.owner_id == RegisterEntry.id)
        .where(
            SearchDocument.kind == Kind.REGISTER,
            has_word(bindparam("word", type_=String), is_sqlite=is_sqlite),
            RegisterEntry.retired_at.is_(None),
        )
        .order_by(RegisterEntry.id)
    )


@cache
def _aliases_of() -> Select[int, str]:
    return (
        select(RegisterAlias.entry_id, RegisterAlias.text)
        .where(RegisterAlias.entry_id.in_(bindparam("ids", expanding=True)))
        .order_by(RegisterAlias.id)
    )


def _names_of(entries: Sequence[tuple[int, str]]) -> dict[int, list[str]]:
    names = {entry_id: [title] for entry_id, title in entries if title}
    if names:
        for entry_id, text in db.session.execute(_aliases_of(), {"ids": list(names)}):
            names[entry_id].append(text)
    return names
