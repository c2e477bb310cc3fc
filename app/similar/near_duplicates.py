"""Cases that say nearly the same (ほぼ同じ提案), with the reason in words.

Whether two are near-duplicates depends on their two texts and nothing else: neither on the reader
nor on the other cases (K4). Which of them a reader is shown starts from what the reader may know.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from sqlalchemy import ColumnElement

from app.accounts.models import User
from app.core.text import search_key
from app.proposals.models import Proposal
from app.rounds.models import Round
from app.similar.compared import Text
from app.similar.index import Indexed, indexed
from app.similar.models import Verdict
from app.similar.queries import comparable_at_desk, ids_of_round, pairs_judged, proposals_with
from app.similar.scoring import LEAST_MEANING, is_near_duplicate, likeness
from app.similar.search import percent
from app.similar.store import Slots
from app.similar.words import shared_words
from app.workflow.states import State

# Rows of the table of all pairs that are computed at once: 500 × 10,000 numbers are 20 MB.
ROWS_AT_ONCE = 500
SHORTEST_LAW = 4  # characters; 「なし」 is no law


class NearDuplicate(NamedTuple):
    """A case that says nearly the same as another one (ほぼ同じ提案), and why (理由)."""

    proposal: Proposal
    score: int
    words: list[str]
    is_same_law: bool
    is_same_ministry: bool

    @property
    def reason(self) -> str:
        """Why, in words: shared words, law, ministry."""
        quoted = "、".join(f"「{word}」" for word in self.words)
        facts = [
            f"同じ語 {quoted}" if quoted else "内容がほぼ同じ",
            "根拠法令が同じ" if self.is_same_law else "",
            "府省庁が同じ" if self.is_same_ministry else "",
        ]
        return "・".join(fact for fact in facts if fact)


class NearPair(NamedTuple):
    """Two cases that say nearly the same (ほぼ同じ提案の組), `first` by its receipt number."""

    first: Proposal
    second: NearDuplicate


class _Near(NamedTuple):
    low: int
    high: int
    likeness: float


def near_duplicates(actor: User, proposal: Proposal) -> list[NearDuplicate]:
    """Near-duplicates of a case the actor may know of, the nearest first.

    Those that somebody called no duplicate (重複ではない) are left out, and so are withdrawn ones.
    """
    among = _in_play(actor, proposal.round)
    found = _near(among, np.flatnonzero(among.ids == proposal.id))
    others = {row.low + row.high - proposal.id: row.likeness for row in found}
    rows = proposals_with(list(others))
    ordered = sorted(others, key=lambda key: (-others[key], key))
    return [_near_duplicate(proposal, rows[key], others[key]) for key in ordered]


def near_pairs(actor: User, round_: Round) -> tuple[list[NearPair], int]:
    """All pairs of a round that say nearly the same, the nearest first; and how many cases wait.

    One case of the pair may be of another round. 2,000 cases take about a second.
    """
    among = _in_play(actor, round_)
    of_round = np.isin(among.ids, list(ids_of_round(round_)))
    found = sorted(_near(among, np.flatnonzero(of_round)), key=lambda row: (-row.likeness, row))
    rows = proposals_with(sorted({key for row in found for key in (row.low, row.high)}))
    return [
        _near_pair(rows[row.low], rows[row.high], row.likeness) for row in found
    ], among.left_out


def _near_pair(one: Proposal, other: Proposal, found: float) -> NearPair:
    first, second = sorted((one, other), key=lambda row: row.reference)
    return NearPair(first, _near_duplicate(first, second, found))


def measured_pair(actor: User, first: Proposal, second: Proposal) -> NearDuplicate | None:
    """Why two cases are near-duplicates (理由), None where they are not; whatever was judged."""
    among = indexed(comparable_at_desk(actor, first.round) & Proposal.id.in_([first.id, second.id]))
    if len(among.ids) < 2:
        return None
    found = _measured(among, 0, 1)
    return _near_duplicate(first, second, found.likeness) if found else None


def _in_play(actor: User, round_: Round) -> Indexed:
    is_in_play: ColumnElement[bool] = Proposal.state.not_in([State.WITHDRAWN, State.MERGED])
    return indexed(comparable_at_desk(actor, round_) & is_in_play)


def _near(among: Indexed, places: Slots) -> set[_Near]:
    """Near-duplicates between the cases at some places and all others, without those judged."""
    if not len(places) or len(among.ids) == 1:
        return set()
    apart = pairs_judged(Verdict.NOT_DUPLICATE)
    found = (_measured(among, one, other) for one, other in _alike_in_meaning(among, places))
    return {row for row in found if row is not None and (row.low, row.high) not in apart}


def _alike_in_meaning(among: Indexed, places: Slots) -> Iterator[tuple[int, int]]:
    """Places of two cases that may be near-duplicates by their meaning, looked for in one go."""
    meanings = among.kept.meanings[among.slots]
    is_asked = np.isin(np.arange(len(among.ids)), places)
    for first in range(0, len(places), ROWS_AT_ONCE):
        some = places[first : first + ROWS_AT_ONCE]
        rows, columns = np.nonzero(meanings[some] @ meanings.T >= LEAST_MEANING)
        own = some[rows]
        # Where both are asked about, the pair comes up twice.
        is_first = (own < columns) | (~is_asked[columns] & (own != columns))
        yield from zip(own[is_first].tolist(), columns[is_first].tolist(), strict=True)


def _measured(among: Indexed, one: int, other: int) -> _Near | None:
    low, high = sorted((one, other), key=lambda place: int(among.ids[place]))
    measures = likeness(among.kept, int(among.slots[low]), int(among.slots[high]))
    if not is_near_duplicate(*measures):
        return None
    return _Near(int(among.ids[low]), int(among.ids[high]), round(sum(measures), 6))


def _near_duplicate(proposal: Proposal, other: Proposal, found: float) -> NearDuplicate:
    words = shared_words(Text(proposal.title, proposal.detail).whole(), other.search_key, {})
    return NearDuplicate(
        proposal=other,
        score=percent(found / 2),
        words=words,
        is_same_law=is_same_law(proposal, other),
        is_same_ministry=proposal.ministry_id is not None
        and proposal.ministry_id == other.ministry_id,
    )


def is_same_law(one: Proposal, other: Proposal) -> bool:
    """Whether both rest on one law (根拠法令): the same up to the number of the article."""
    first, second = _law(one), _law(other)
    return len(first) >= SHORTEST_LAW and first == second


def _law(proposal: Proposal) -> str:
    return search_key(proposal.legal_basis).split("第")[0].strip()
