"""Filters that are kept with a list (保存する条件): of an address, those that its page can use."""

from collections.abc import Callable, Mapping

from app.accounts.models import User
from app.casework.filters import filter_options, read_filters
from app.casework.own_list import narrowed_own
from app.core.errors import InvalidInput
from app.handoffs.inbox import MINE, InboxFilters
from app.handoffs.overview import narrowed_handoffs, overview_options
from app.rounds.models import Round
from app.saved_lists.models import ListKind
from app.saved_lists.readings import DONE_TAB
from app.search.language import read_query

NOTHING_SEARCHED = "検索の語を入力し、検索してから保存してください"

_Query = dict[str, str]


def kept_filters(
    kind: ListKind, asked: Mapping[str, str], actor: User, round_: Round | None
) -> _Query:
    """Filters of a list to be saved, by name; others are dropped, as its page does (保存する条件).

    Raises InvalidInput for a search without words.
    """
    return _READERS[kind](asked, actor, round_)


def _of_cases(asked: Mapping[str, str], actor: User, round_: Round | None) -> _Query:
    if round_ is None:
        return {}
    filters, _left_out = read_filters(asked, filter_options(actor, round_))
    return filters.chosen()


def _of_own(asked: Mapping[str, str], actor: User, _round: Round | None) -> _Query:
    chosen, _conditions, _left_out = narrowed_own(actor, asked)
    return chosen


def _of_handoffs(asked: Mapping[str, str], actor: User, round_: Round | None) -> _Query:
    chosen, _statement, _left_out = narrowed_handoffs(actor, asked, round_, overview_options())
    return chosen


def _of_inbox(asked: Mapping[str, str], _actor: User, _round: Round | None) -> _Query:
    filters = InboxFilters.read(asked)
    chosen = {
        "tab": DONE_TAB if asked.get("tab") == DONE_TAB else "",
        "unit": str(filters.unit_id or ""),
        "part": filters.part.value if filters.part else "",
        "state": filters.state.value if filters.state else "",
        MINE: "1" if filters.is_mine else "",
    }
    return {name: value for name, value in chosen.items() if value}


def _of_search(asked: Mapping[str, str], _actor: User, _round: Round | None) -> _Query:
    query = read_query(asked)
    if not query.text:
        raise InvalidInput({"name": [NOTHING_SEARCHED]})
    return {"q": query.text}


def _of_candidates(_asked: Mapping[str, str], _actor: User, _round: Round | None) -> _Query:
    return {}


_READERS: dict[ListKind, Callable[[Mapping[str, str], User, Round | None], _Query]] = {
    ListKind.CASES: _of_cases,
    ListKind.OWN: _of_own,
    ListKind.HANDOFFS: _of_handoffs,
    ListKind.INBOX: _of_inbox,
    ListKind.SEARCH: _of_search,
    ListKind.CANDIDATES: _of_candidates,
}
