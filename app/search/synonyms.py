"""Other names of a word (同義語), from the names and aliases of the registers (台帳の別名)."""

from sqlalchemy import func, select

from app.extensions import db
from app.registers.models import RegisterAlias, RegisterEntry
from app.search.kinds import Kind
from app.search.language import Word
from app.search_index.models import SearchDocument
from app.search_index.queries import Contains, stands_in

MOST_NAMES = 8


def other_names(word: Word) -> list[str]:
    """Names that stand for the same row of a register as this word (同義語), by the register.

    住宅使用料 is an alias of 公営住宅: each finds the other. An exact word has none.
    """
    if word.is_exact:
        return []
    # A name is a line of its own in the document of its row.
    named = (
        select(SearchDocument.owner_id)
        .join(RegisterEntry, RegisterEntry.id == SearchDocument.owner_id)
        .where(
            SearchDocument.kind == Kind.REGISTER,
            stands_in(Contains(word.key)),
            RegisterEntry.retired_at.is_(None),
        )
        .order_by(SearchDocument.owner_id)
    )
    names = _names_of(list(db.session.scalars(named)))
    found: dict[str, str] = {}
    for of_row in names.values():
        keys = [Word(name).key for name in of_row]
        if word.key in keys:
            found |= {key: name for key, name in zip(keys, of_row, strict=True) if key}
    # What has the word in it is found anyway.
    return [name for key, name in found.items() if word.key not in key][:MOST_NAMES]


def _names_of(entry_ids: list[int]) -> dict[int, list[str]]:
    titles = db.session.execute(
        select(RegisterEntry.id, RegisterEntry.title)
        .where(RegisterEntry.id.in_(entry_ids), func.length(RegisterEntry.title) > 0)
        .order_by(RegisterEntry.id)
    )
    names = {row[0]: [row[1]] for row in titles}
    for entry_id, text in db.session.execute(
        select(RegisterAlias.entry_id, RegisterAlias.text)
        .where(RegisterAlias.entry_id.in_(names))
        .order_by(RegisterAlias.id)
    ):
        names[entry_id].append(text)
    return names
