"""The page of the search (検索の画面): what was understood, what was found, how to narrow it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from app.accounts.models import User
from app.core.pagination import decode_cursor, encode_cursor
from app.extensions import db
from app.proposals.presentation import reads_as_secretariat
from app.rounds.models import Round
from app.rounds.queries import named_rounds
from app.search.conditions import fields_for
from app.search.facets import OFFICE_FACETS, OUTER_FACETS, Facet, facets_of
from app.search.language import EXAMPLES, Field, Query, read_query
from app.search.queries import (
    MOST_COUNTED,
    MOST_COUNTED_OF_ALL,
    PAGE_SIZE,
    Hit,
    SearchSelect,
    hits,
    is_beyond,
    read_first,
    read_hits,
    read_standings,
    standings,
)
from app.search.results import Found, found_rows
from app.search.understanding import Understood, understand

AFTER, BEFORE = "after", "before"
LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Counted:
    """How many were found, and of what (件数・内訳): the limit alone where there are more."""

    count: int
    is_more: bool
    facets: list[Facet]


@dataclass(frozen=True, kw_only=True)
class SearchPage:
    """One page of a search with everything around it (検索の画面)."""

    text: str
    understood: Understood
    # Number of hits; `is_more` when only the first of them were counted.
    count: int
    is_more: bool
    # All were to be counted, and were too many for that.
    is_stopped: bool
    rows: list[Found]
    facets: list[Facet]
    examples: dict[Field, str]
    exact_url: str
    count_url: str
    previous_url: str | None
    next_url: str | None


def search_page(actor: User, asked: Mapping[str, str], chosen: Round | None) -> SearchPage:
    """Search for one reader as an address asks (検索). Never fails on what was typed."""
    query = read_query(asked)
    rounds = list(db.session.scalars(named_rounds()))
    understood = understand(query, actor, rounds, chosen)
    counts_all = asked.get("count") == "all"
    counted = Counted(0, is_more=False, facets=[])
    page: list[Hit] = []
    before, after = None, None
    if not understood.is_empty:
        search = (actor, understood.wanted, understood.conditions, understood.within)
        statement = hits(*search)
        count, first = read_first(statement, MOST_COUNTED + 1)
        if count > MOST_COUNTED and not counts_all:
            counted = Counted(MOST_COUNTED, is_more=True, facets=[])
        else:
            most = MOST_COUNTED_OF_ALL if counts_all else MOST_COUNTED
            counted = _count(standings(*search), query, actor, most)
        page, before, after = _one_page(statement, count, first, asked.get("cursor", ""))
    return SearchPage(
        text=query.text,
        understood=understood,
        count=counted.count,
        is_more=counted.is_more,
        is_stopped=counted.is_more and counts_all,
        rows=found_rows(page, understood.keys, actor),
        facets=counted.facets,
        examples={known: EXAMPLES[known] for known in fields_for(actor)},
        exact_url=search_url(understood.exact_text),
        count_url=url_for("search.index", q=query.text, count="all"),
        previous_url=_page_url(query.text, BEFORE, before),
        next_url=_page_url(query.text, AFTER, after),
    )


def _count(statement: SearchSelect, query: Query, actor: User, most: int) -> Counted:
    """Count the hits and tell them apart (件数・内訳), up to a limit.

    Beyond it nothing is told apart: each count is that of the list it opens.
    """
    offered = OFFICE_FACETS if reads_as_secretariat(actor) else OUTER_FACETS
    count, facets = facets_of(read_standings(statement.limit(most + 1)), query, offered)
    if count > most:
        return Counted(most, is_more=True, facets=[])
    return Counted(count, is_more=False, facets=facets)


def search_url(text: str) -> str:
    """Address of a search (検索のアドレス)."""
    return url_for("search.index", q=text)


def _page_url(text: str, direction: str, position: int | None) -> str | None:
    if position is None:
        return None
    return url_for("search.index", q=text, cursor=encode_cursor([direction, position]))


def _one_page(
    statement: SearchSelect, count: int, first: list[Hit], cursor: str
) -> tuple[list[Hit], int | None, int | None]:
    """Hits of one page, and the places its neighbours begin at."""
    direction, position = _read(cursor)
    if not direction:
        return first, None, first[-1].position if count > len(first) else None
    is_backwards = direction == BEFORE
    rows = read_hits(is_beyond(statement, position, is_backwards=is_backwards))
    if not rows:
        return _one_page(statement, count, first, "")
    has_more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    if is_backwards:
        rows.reverse()
    before = rows[0].position if has_more or not is_backwards else None
    after = rows[-1].position if has_more or is_backwards else None
    return rows, before, after


def _read(cursor: str) -> tuple[str, int]:
    packed = decode_cursor(cursor, 2) if cursor else None
    if packed is None or packed[0] not in (AFTER, BEFORE):
        return "", 0
    position = packed[1]
    if not isinstance(position, int) or isinstance(position, bool) or abs(position) > LARGEST:
        return "", 0
    return str(packed[0]), position
