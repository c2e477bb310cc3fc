"""The list of the published cases (公表された提案の一覧): filters, search, pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.core.numbered_pages import read_numbered
from app.core.text import like_pattern, search_key
from app.extensions import db
from app.proposals.models import Publication, PublicState
from app.proposals.publications import is_live
from app.public.labels import PUBLIC_STATE_LABELS
from app.public.queries import live_counts, live_order, live_publications
from app.rounds.models import Round

PAGE_SIZE = 30
LONGEST_QUERY = 100  # characters


@dataclass(frozen=True, kw_only=True)
class PublicList:
    """A page of the list with what can be chosen (公表された提案の一覧)."""

    rows: list[Publication]
    found: int
    total: int
    chosen: Mapping[str, str]
    options: Mapping[str, list[tuple[str, str]]]
    previous_query: str | None
    next_query: str | None
    chips: list[tuple[str, str]] = field(default_factory=list)


def public_list(asked: Mapping[str, str]) -> PublicList:
    """Find the published cases of the filters asked for; what is no choice is no filter."""
    options = _options()
    chosen = {
        name: asked.get(name, "")
        for name, offered in options.items()
        if asked.get(name, "") in dict(offered)
    }
    words = asked.get("q", "").strip()[:LONGEST_QUERY]
    if words:
        chosen["q"] = words
    statement = _filtered(chosen)
    found = db.session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    page = read_numbered(statement, live_order(), asked, size=PAGE_SIZE, total=found)
    return PublicList(
        rows=page.rows,
        found=found,
        total=sum(count for _round, count in live_counts()),
        chosen=chosen,
        options=options,
        previous_query=_query(chosen, page.previous),
        next_query=_query(chosen, page.next),
        chips=_chips(chosen, options),
    )


def _filtered(chosen: Mapping[str, str]) -> Select[Publication]:
    statement = live_publications()
    if "round" in chosen:
        statement = statement.where(Round.key == chosen["round"])
    if "category" in chosen:
        statement = statement.where(Publication.category_code == chosen["category"])
    if "ministry" in chosen:
        statement = statement.where(Publication.ministry == chosen["ministry"])
    if "state" in chosen:
        statement = statement.where(Publication.public_state == PublicState(chosen["state"]))
    for word in search_key(chosen.get("q", "")).split():
        statement = statement.where(Publication.search_key.like(like_pattern(word), escape="\\"))
    return statement


def _options() -> dict[str, list[tuple[str, str]]]:
    rounds = [(round_.key, round_.label) for round_, _count in live_counts()]
    codes = _distinct(Publication.category_code)
    ministries = _distinct(Publication.ministry)
    return {
        "round": rounds,
        "category": [(code, code) for code in codes],
        "ministry": [(name, name) for name in ministries],
        "state": [(state.value, PUBLIC_STATE_LABELS[state]) for state in PublicState],
    }


def _distinct(column: InstrumentedAttribute[str]) -> list[str]:
    # Sorted here: the two databases order letters differently.
    return sorted(filter(None, db.session.scalars(select(column).where(is_live()).distinct())))


def _query(chosen: Mapping[str, str], page: Mapping[str, str] | None) -> str | None:
    return None if page is None else "?" + urlencode({**chosen, **page})


def _chips(
    chosen: Mapping[str, str], options: Mapping[str, list[tuple[str, str]]]
) -> list[tuple[str, str]]:
    chips = []
    for name, value in chosen.items():
        rest = {key: kept for key, kept in chosen.items() if key != name}
        label = f"「{value}」を含む" if name == "q" else dict(options[name])[value]
        chips.append((label, "?" + urlencode(rest)))
    return chips
