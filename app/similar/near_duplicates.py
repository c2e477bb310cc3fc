"""Cases that say nearly the same (ほぼ同じ提案), with the reason in words.

Whether two are near-duplicates depends on their two texts and nothing else: neither on the reader
nor on the other cases (K4). Which of them a reader is shown starts from what the reader may know.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
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
from app.similar.scoring import LEAST_LIKENESS, LEAST_MEANING, likenesses
from app.similar.search import percent
from app.similar.store import Slots
from app.similar.words import shared_words
from app.workflow.states import State

# Rows of the table of all pairs that are computed at once: 500 × 10,000 numbers are 20 MB.
ROWS_AT_ONCE = 500
ROUNDING = 1e-5  # products of the same two rows differ a little with the number of rows
SHORTEST_LAW = 4  # characters; 「なし」 is no law


@dataclass(frozen=True)
class NearDuplicate:
    """A case that says nearly the same as another one (ほぼ同じ提案), and why (理由)."""

    own: Proposal
    proposal: Proposal
    score: int

    @cached_property
    def words(self) -> list[str]:
        """Words both have, as the own text has them (同じ語); looked for when they are shown."""
        text = Text(self.own.title, self.own.detail).whole()
        return shared_words(text, self.proposal.search_key, {})

    @property
    def is_same_law(self) -> bool:
        """Whether both rest on one law (根拠法令が同じ)."""
        return is_same_law(self.own, self.proposal)

    @property
    def is_same_ministry(self) -> bool:
        """Whether both name one ministry (府省庁が同じ)."""
        return (
            self.own.ministry_id is not None and self.own.ministry_id == self.proposal.ministry_id
        )

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


def near_duplicates(
    actor: User, proposal: Proposal, *, where: ColumnElement[bool] | None = None
) -> list[NearDuplicate]:
    """Near-duplicates of a case the actor may know of, the nearest first.

    Those that somebody called no duplicate (重複ではない) are left out, and so are withdrawn ones.
    `where` narrows down what the case is compared with.
    """
    among = _in_play(actor, proposal.round, None if where is None else where | _is(proposal))
    found = _near(among, np.flatnonzero(among.ids == proposal.id))
    others = {row.low + row.high - proposal.id: row.likeness for row in found}
    rows = proposals_with(list(others))
    ordered = sorted(others, key=lambda key: (-others[key], key))
    return [_near_duplicate(proposal, rows[key], others[key]) for key in ordered]


def near_ids(actor: User, proposal: Proposal) -> frozenset[int]:
    """Ids of the near-duplicates of a case: texts alone decide, so they may be found beforehand."""
    among = _in_play(actor, proposal.round)
    found = _near(among, np.flatnonzero(among.ids == proposal.id))
    return frozenset(row.low + row.high - proposal.id for row in found)


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
    found = next(_measured(among, 0, np.array([1])), None)
    return _near_duplicate(first, second, found.likeness) if found else None


def _is(proposal: Proposal) -> ColumnElement[bool]:
    return Proposal.id == proposal.id


def _in_play(actor: User, round_: Round, where: ColumnElement[bool] | None = None) -> Indexed:
    is_in_play: ColumnElement[bool] = Proposal.state.not_in([State.WITHDRAWN, State.MERGED])
    condition = comparable_at_desk(actor, round_) & is_in_play
    return indexed(condition if where is None else condition & where)


def _near(among: Indexed, places: Slots) -> set[_Near]:
    """Near-duplicates between the cases at some places and all others, without those judged."""
    if not len(places) or len(among.ids) == 1:
        return set()
    found = {
        row for place, others in _alike(among, places) for row in _measured(among, place, others)
    }
    apart = pairs_judged(Verdict.NOT_DUPLICATE) if found else set()
    return {row for row in found if (row.low, row.high) not in apart}


def _alike(among: Indexed, places: Slots) -> Iterator[tuple[int, Slots]]:
    """Each place with those of the cases alike in meaning, looked for some hundred at once."""
    meanings = among.kept.meanings_at(among.slots)
    is_asked = np.isin(np.arange(len(among.ids)), places)
    for first in range(0, len(places), ROWS_AT_ONCE):
        some = places[first : first + ROWS_AT_ONCE]
        is_alike = meanings[some] @ meanings.T >= LEAST_MEANING - ROUNDING
        for place, row in zip(some.tolist(), is_alike, strict=True):
            others = np.flatnonzero(row)
            # Where both are asked about, the pair would come up twice.
            others = others[(others > place) | (~is_asked[others] & (others != place))]
            if len(others):
                yield place, others


def _measured(among: Indexed, place: int, others: Slots) -> Iterator[_Near]:
    found = likenesses(among.kept, int(among.slots[place]), among.slots[others])
    for at in np.flatnonzero(found >= LEAST_LIKENESS).tolist():
        low, high = sorted((int(among.ids[place]), int(among.ids[others[at]])))
        yield _Near(low, high, round(float(found[at]), 5))


def _near_duplicate(proposal: Proposal, other: Proposal, found: float) -> NearDuplicate:
    return NearDuplicate(proposal, other, percent(found / 2))


def is_same_law(one: Proposal, other: Proposal) -> bool:
    """Whether both rest on one law (根拠法令): the same up to the number of the article."""
    first, second = _law(one), _law(other)
    return len(first) >= SHORTEST_LAW and first == second


def _law(proposal: Proposal) -> str:
    return search_key(proposal.legal_basis).split("第")[0].strip()
