"""What saved lists show their reader now (今の件数): the rules of the opened list, counted at once.

Each kind reads what its page reads once for all its lists, and makes of each a statement that
counts what the page would show; these are then asked together, so that ten lists cost as many
questions as one. Visibility, conflicts of interest and embargoes are those of the pages.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy import Select, func, select

from app.accounts.models import Organization, User
from app.candidates.queries import listed_candidates
from app.casework.filters import chips, conditions, filter_options, read_filters
from app.casework.ordering import list_url
from app.casework.own_list import narrowed_own, own_words
from app.extensions import db
from app.handoffs.inbox import MINE, InboxFilters, count_inboxes
from app.handoffs.inbox_lines import DESK_STATES
from app.handoffs.overview import narrowed_handoffs, overview_options, overview_words
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Round
from app.rounds.queries import list_rounds
from app.saved_lists.kinds import KIND_LABELS, OF_ALL_ROUNDS, OF_THE_CHOSEN
from app.saved_lists.models import ListKind, SavedList
from app.search.language import read_query
from app.search.queries import MOST_COUNTED, hits
from app.search.understanding import understand
from app.workflow.handoffs import HANDOFF_PART_LABELS

DONE_TAB = "done"
# So many counts in one statement; neither database takes columns without end.
MOST_TOGETHER = 40


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A saved list as its reader would find it (一覧の読み取り).

    `problems` tells of filters whose value is not there any more; `is_more` where only the first
    are counted, as the page does.
    """

    saved: SavedList
    words: list[str]
    problems: list[str]
    count: int = 0
    is_more: bool = False

    @property
    def url(self) -> str:
        """Address of the list with these filters."""
        return address_of(self.saved)

    @property
    def scope(self) -> str:
        """Which list of which round, in words (対象)."""
        saved = self.saved
        if saved.round is not None:
            return f"{KIND_LABELS[saved.kind]}・{saved.round.label}"
        within = OF_ALL_ROUNDS if saved.kind is ListKind.OWN else OF_THE_CHOSEN
        return f"{KIND_LABELS[saved.kind]}・{within}"


class _Part(NamedTuple):
    """A list that is read but not counted yet; `statement` counts it, or it is counted already."""

    saved: SavedList
    words: list[str]
    problems: list[str]
    statement: Select[int] | None
    number: int = 0


_Reader = Callable[[User, Sequence[SavedList], Round | None], Iterator[_Part]]


def address_of(saved: SavedList) -> str:
    """Address of the page that a saved list opens (一覧のアドレス)."""
    if saved.kind in (ListKind.SEARCH, ListKind.HANDOFFS, ListKind.INBOX):
        place = "search.index" if saved.kind is ListKind.SEARCH else "handoffs.index"
        return url_for(place) + (f"?{urlencode(saved.query)}" if saved.query else "")
    key = {"round": saved.round.key} if saved.round is not None else {}
    if saved.kind is ListKind.CANDIDATES:
        return url_for("candidates.index", round=key.get("round"))
    return list_url({**key, **saved.query})


def read_lists(actor: User, lists: Sequence[SavedList], chosen: Round | None) -> list[Reading]:
    """Read and count saved lists for one reader (今の件数), in the order given.

    `chosen` is the round the reader looks at: lists without a round are read in it.
    """
    parts: dict[int, _Part] = {}
    for kind, read in _READERS.items():
        of_kind = [row for row in lists if row.kind is kind]
        parts |= {part.saved.id: part for part in (read(actor, of_kind, chosen) if of_kind else ())}
    asked = [part for part in parts.values() if part.statement is not None]
    counts = dict(zip((part.saved.id for part in asked), _count(asked), strict=True))
    return [_reading(parts[row.id], counts.get(row.id)) for row in lists]


def _reading(part: _Part, counted: int | None) -> Reading:
    count = part.number if counted is None else counted
    is_more = part.saved.kind is ListKind.SEARCH and count > MOST_COUNTED
    return Reading(
        saved=part.saved,
        words=part.words,
        problems=part.problems,
        count=MOST_COUNTED if is_more else count,
        is_more=is_more,
    )


def _count(parts: Sequence[_Part]) -> Iterator[int]:
    statements = [part.statement for part in parts if part.statement is not None]
    for start in range(0, len(statements), MOST_TOGETHER):
        some = statements[start : start + MOST_TOGETHER]
        yield from db.session.execute(select(*[row.scalar_subquery() for row in some])).one()


def _cases(actor: User, lists: Sequence[SavedList], _chosen: Round | None) -> Iterator[_Part]:
    by_round = sorted(lists, key=lambda row: row.round_id or 0)
    for _round_id, group in groupby(by_round, key=lambda row: row.round_id):
        rows = list(group)
        round_ = rows[0].round
        assert round_ is not None  # lists of cases have one: `KINDS_OF_A_ROUND`
        options = filter_options(actor, round_)
        for saved in rows:
            filters, problems = read_filters(saved.query, options)
            found = (
                select(func.count())
                .select_from(Proposal)
                .join(Proposal.organization)
                .where(
                    visible_to(actor),
                    Proposal.round_id == round_.id,
                    *conditions(filters, round_),
                )
            )
            words = [chip.label for chip in chips(filters, options)]
            yield _Part(saved, words, problems, found)


def _own(actor: User, lists: Sequence[SavedList], _chosen: Round | None) -> Iterator[_Part]:
    for saved in lists:
        kept, narrowing, problems = narrowed_own(actor, saved.query)
        found = (
            select(func.count())
            .select_from(Proposal)
            .join(Proposal.organization)
            .where(visible_to(actor), *narrowing)
        )
        yield _Part(saved, own_words(kept), problems, found)


def _handoffs(actor: User, lists: Sequence[SavedList], chosen: Round | None) -> Iterator[_Part]:
    options = overview_options()
    for saved in lists:
        kept, found, problems = narrowed_handoffs(actor, saved.query, chosen, options)
        yield _Part(saved, overview_words(kept, options), problems, _number_of(found))


def _candidates(actor: User, lists: Sequence[SavedList], _chosen: Round | None) -> Iterator[_Part]:
    for saved in lists:
        assert saved.round is not None  # `KINDS_OF_A_ROUND`
        found = listed_candidates(saved.round, actor).order_by(None)
        yield _Part(saved, [], [], _number_of(found))


def _search(actor: User, lists: Sequence[SavedList], chosen: Round | None) -> Iterator[_Part]:
    rounds = list(db.session.scalars(list_rounds()))
    for saved in lists:
        understood = understand(read_query(saved.query), actor, rounds, chosen)
        words = [saved.query.get("q", "")]
        if understood.is_empty:
            yield _Part(saved, words, understood.problems, None)
            continue
        found = hits(actor, understood.wanted, understood.conditions, understood.within)
        yield _Part(saved, words, understood.problems, _number_of(found.limit(MOST_COUNTED + 1)))


def _inbox(actor: User, lists: Sequence[SavedList], chosen: Round | None) -> Iterator[_Part]:
    asked = [(saved.query, saved.query.get("tab") == DONE_TAB) for saved in lists]
    names = dict(_unit_names(lists))
    for saved, count in zip(lists, count_inboxes(actor, chosen, asked), strict=True):
        yield _Part(saved, _inbox_words(saved, names), [], None, count)


def _unit_names(lists: Sequence[SavedList]) -> Iterator[tuple[int, str]]:
    ids = {InboxFilters.read(saved.query).unit_id for saved in lists} - {None}
    if ids:
        units = select(Organization.id, Organization.name).where(Organization.id.in_(ids))
        yield from ((row[0], row[1]) for row in db.session.execute(units))


def _inbox_words(saved: SavedList, names: dict[int, str]) -> list[str]:
    filters = InboxFilters.read(saved.query)
    words = ["回答済み"] if saved.query.get("tab") == DONE_TAB else []
    if filters.unit_id is not None:
        words.append(f"部局：{names.get(filters.unit_id, '今はない部局')}")
    if filters.part is not None:
        words.append(f"立場：{HANDOFF_PART_LABELS[filters.part]}")
    if filters.state is not None:
        words.append(f"状態：{DESK_STATES[filters.state].label}")
    return [*words, *(["自分の担当だけ"] if saved.query.get(MINE) == "1" else [])]


def _number_of(found: Select[Any]) -> Select[int]:
    return select(func.count()).select_from(found.subquery())


_READERS: dict[ListKind, _Reader] = {
    ListKind.CASES: _cases,
    ListKind.SEARCH: _search,
    ListKind.HANDOFFS: _handoffs,
    ListKind.CANDIDATES: _candidates,
    ListKind.OWN: _own,
    ListKind.INBOX: _inbox,
}
