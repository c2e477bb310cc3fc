"""The page of the search (検索の画面): what was understood, what was found, how to narrow it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for

from app.accounts.models import User
from app.core.pagination import decode_cursor, encode_cursor
from app.extensions import db
from app.proposals.presentation import reads_as_secretariat
from app.rounds.models import Round
from app.rounds.queries import list_rounds
from app.search.conditions import fields_for
from app.search.facets import OFFICE_FACETS, OUTER_FACETS, Facet, facets_of
from app.search.language import EXAMPLES, Field, read_query
from app.search.queries import (
    MOST_COUNTED,
    PAGE_SIZE,
    Hit,
    SearchSelect,
    hits,
    is_beyond,
    read_all,
    read_hits,
)
from app.search.results import Found, found_rows
from app.search.understanding import Understood, understand

AFTER, BEFORE = "after", "before"
LARGEST = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class SearchPage:
    """One page of a search with everything around it (検索の画面)."""

    text: str
    understood: Understood
    # Number of hits; `is_more` when only the first of them were counted.
    count: int
    is_more: bool
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
    rounds = list(db.session.scalars(list_rounds()))
    understood = understand(query, actor, rounds, chosen)
    counts_all = asked.get("count") == "all"
    facets: list[Facet] = []
    count, is_more = 0, False
    page: list[Hit] = []
    before, after = None, None
    if not understood.is_empty:
        statement = hits(actor, understood.wanted, understood.conditions)
        found = read_hits(statement.limit(MOST_COUNTED + 1))
        is_more = len(found) > MOST_COUNTED and not counts_all
        if is_more:
            count = MOST_COUNTED
        else:
            all_hits = [found] if len(found) <= MOST_COUNTED else read_all(statement)
            offered = OFFICE_FACETS if reads_as_secretariat(actor) else OUTER_FACETS
            count, facets = facets_of(all_hits, query, offered)
        page, before, after = _one_page(statement, found, asked.get("cursor", ""))
    return SearchPage(
        text=query.text,
        understood=understood,
        count=count,
        is_more=is_more,
        rows=found_rows(page, understood.keys, actor),
        facets=facets,
        examples={known: EXAMPLES[known] for known in fields_for(actor)},
        exact_url=search_url(understood.exact_text),
        count_url=url_for("search.index", q=query.text, count="all"),
        previous_url=_page_url(query.text, BEFORE, before),
        next_url=_page_url(query.text, AFTER, after),
    )


def search_url(text: str) -> str:
    """Address of a search (検索のアドレス)."""
    return url_for("search.index", q=text)


def _page_url(text: str, direction: str, position: int | None) -> str | None:
    if position is None:
        return None
    return url_for("search.index", q=text, cursor=encode_cursor([direction, position]))


def _one_page(
    statement: SearchSelect, found: list[Hit], cursor: str
) -> tuple[list[Hit], int | None, int | None]:
    """Hits of one page, and the places its neighbours begin at."""
    direction, position = _read(cursor)
    if not direction:
        rows = found[:PAGE_SIZE]
        return rows, None, rows[-1].position if len(found) > PAGE_SIZE else None
    is_backwards = direction == BEFORE
    rows = read_hits(is_beyond(statement, position, is_backwards=is_backwards))
    if not rows:
        return _one_page(statement, found, "")
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
