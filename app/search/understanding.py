"""A search as it is carried out (検索の読み取り): words other names, conditions, rounds.

Everything that is not plain from the words typed is said in Japanese: what was left out, which
other names were looked for, in which rounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from app.accounts.models import User
from app.core.text import search_key
from app.proposals.queries import BODY_ROLES
from app.proposals.search import numbers_meant, round_named_in
from app.rounds.models import Round
from app.search.conditions import NotUnderstood, Scope, condition_of, round_named
from app.search.kinds import Kind
from app.search.language import Field, FieldTerm, Query, Word
from app.search.queries import Within, cases_numbered
from app.search.synonyms import other_names
from app.search_index.queries import AllOf, AnyOf, Contains, OwnedBy, Wanted, Without


@dataclass(frozen=True, kw_only=True)
class Understood:
    """A search, ready to be carried out, with what is said about it (読み取り)."""

    query: Query
    wanted: Wanted
    conditions: list[ColumnElement[bool]]
    within: Within
    # Folded words to be shown as hits (該当箇所).
    keys: list[str]
    problems: list[str]
    # The word typed, and the other names that were looked for with it (同義語).
    also: list[tuple[str, list[str]]]
    # The same search with these words exactly, "" when there is nothing to take away.
    exact_text: str
    terms: list[FieldTerm]
    practice: Round | None
    # Conditions that cannot be used leave nothing to search by.
    is_empty: bool


def understand(
    query: Query, actor: User, rounds: Sequence[Round], chosen: Round | None
) -> Understood:
    """Make conditions of a search for one reader (検索の読み取り)."""
    scope = Scope(actor, rounds)
    names = {word: other_names(word) for word in query.words}
    terms, conditions, problems = _conditions(query, scope)
    if actor.has_role(*BODY_ROLES):
        # A body sees its proposals of all rounds in one list, practice included.
        within, practice = _among(rounds, rounds), None
    else:
        within, practice = _within(query, terms, rounds, chosen)
    also = [(word.text, found) for word, found in names.items() if found]
    return Understood(
        query=query,
        wanted=_wanted(query, names, [row.id for row in rounds]),
        conditions=conditions,
        within=within,
        keys=[key for word, found in names.items() for key in _keys(word, found)],
        problems=[*query.problems, *problems],
        also=also,
        exact_text=_exactly(query) if also else "",
        terms=terms,
        practice=practice,
        is_empty=not (query.groups or query.excluded or terms),
    )


def _conditions(
    query: Query, scope: Scope
) -> tuple[list[FieldTerm], list[ColumnElement[bool]], list[str]]:
    terms, conditions, problems = [], [], []
    for term in query.fields:
        try:
            conditions.append(condition_of(term, scope))
            terms.append(term)
        except NotUnderstood as error:
            problems.append(str(error))
    return terms, conditions, problems


def _wanted(query: Query, names: dict[Word, list[str]], round_ids: Sequence[int]) -> Wanted:
    def found_by(word: Word, keys: Sequence[str]) -> list[Wanted]:
        """What a word finds: texts, and the case whose receipt number it is, as in the lists."""
        cases = () if word.is_exact else cases_numbered(word.text, round_ids)
        numbered = [OwnedBy((Kind.CASE, Kind.WHOLE_CASE), cases)] if cases else []
        return [*(Contains(key) for key in keys), *numbered]

    groups = [
        AnyOf(tuple(part for word in group for part in found_by(word, _keys(word, names[word]))))
        for group in query.groups
    ]
    without = [Without(AnyOf(tuple(found_by(word, [word.key])))) for word in query.excluded]
    return AllOf((*groups, *without))


def _keys(word: Word, names: Sequence[str]) -> list[str]:
    meant = [] if word.is_exact else numbers_meant(word.text)
    keys = [word.key, *meant, *(search_key(name) for name in names)]
    return [key for key in dict.fromkeys(keys) if key]


def _within(
    query: Query, terms: Sequence[FieldTerm], rounds: Sequence[Round], chosen: Round | None
) -> tuple[Within, Round | None]:
    """Rounds that are searched: the one named, the practice round looked at, else all real ones."""
    named = [term for term in terms if term.field is Field.ROUND and not term.is_excluded]
    by_number = [term.value for term in terms if term.field is Field.NUMBER]
    by_number += [word.text for word in query.words if not word.is_exact]
    asked = [found for term in named if (found := round_named(term, rounds))]
    asked += [found for text in by_number if (found := round_named_in(text, rounds))]
    practice = next((row for row in asked if row.is_practice), None)
    if practice is None and not asked and chosen is not None and chosen.is_practice:
        practice = chosen
    if practice is not None:
        return _among([practice], rounds), practice
    return _among([row for row in rounds if not row.is_practice], rounds), None


def _among(searched: Sequence[Round], rounds: Sequence[Round]) -> Within:
    left_out = [row for row in rounds if row not in searched]
    return Within(
        searched=tuple(row.id for row in searched),
        left_out=tuple(row.id for row in left_out),
        is_nearly_all=all(row.is_practice for row in left_out),
    )


def _exactly(query: Query) -> str:
    """The search with every word in quotes (語句どおりの検索)."""
    groups = [" OR ".join(f'"{word.text}"' for word in group) for group in query.groups]
    excluded = [f'-"{word.text}"' for word in query.excluded]
    return " ".join([*groups, *excluded, *(term.text for term in query.fields)])
