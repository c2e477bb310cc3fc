"""Hand-offs of near cases, and refusals of the case itself (過去の送付): how they ended."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, or_, select

from app.accounts.models import User
from app.core.text import count_characters
from app.extensions import db
from app.handoffs.models import Handoff
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.rounds.models import Round
from app.similar.index import indexed
from app.workflow.handoffs import HANDOFF_STATE_LABELS, HandoffPart, HandoffState

NEAREST = 3  # near cases that speak for a destination
LEAST_NEARNESS = 0.8  # likeness of the meanings, 1 for the same
ENDED = (HandoffState.ANSWERED, HandoffState.SETTLED, HandoffState.REFUSED)
LONGEST_QUOTE = 60  # characters of a refusal


class NearHandoff(NamedTuple):
    """A hand-off of a near case (似た案件の送付), with how near the case is."""

    handoff: Handoff
    nearness: float

    @property
    def words(self) -> str:
        """What became of it: 似た案件 R6-0012の主管（回答あり）."""
        state = HANDOFF_STATE_LABELS[self.handoff.state]
        return f"似た案件 {self.handoff.proposal.reference}の主管（{state}）"


def refusals_of(proposals: Sequence[Proposal]) -> dict[int, list[Handoff]]:
    """Hand-offs of the cases that were given back (所管外), by case, the oldest first."""
    rows = db.session.scalars(
        select(Handoff)
        .where(
            Handoff.proposal_id.in_([row.id for row in proposals]),
            Handoff.state == HandoffState.REFUSED,
        )
        .order_by(Handoff.ended_at, Handoff.id)
    )
    found: dict[int, list[Handoff]] = {}
    for row in rows:
        found.setdefault(row.proposal_id, []).append(row)
    return found


def refusal_words(refusal: Handoff) -> str:
    """A refusal with its reason, shortened (所管外の引用)."""
    quoted = refusal.end_reason
    if count_characters(quoted) > LONGEST_QUOTE:
        quoted = f"{quoted[:LONGEST_QUOTE]}…"
    return f"この案件を所管外として返しています：「{quoted}」"


def near_handoffs(proposals: Sequence[Proposal], actor: User) -> dict[int, list[NearHandoff]]:
    """Lead hand-offs of the nearest cases the actor may know of, by case (似た案件の送付).

    Real cases are compared with real ones alone, those of a practice round with that round (A14).
    A few questions for however many cases.
    """
    handed = _handed(proposals, actor)
    if not handed:
        return {}
    ids = [row.id for row in proposals]
    among = indexed(or_(Proposal.id.in_(ids), Proposal.id.in_(list(handed))))
    is_past = np.isin(among.ids, list(handed))
    past_ids, past_slots = among.ids[is_past], among.slots[is_past]
    past = among.kept.meanings_at(past_slots)
    found: dict[int, list[NearHandoff]] = {}
    for place in np.flatnonzero(np.isin(among.ids, ids)):
        key = int(among.ids[place])
        near = past @ among.kept.meanings_at(among.slots[place])
        near = np.where(past_ids == key, 0.0, near)
        order = np.lexsort((past_ids, -near.round(6)))[:NEAREST]
        found[key] = [
            NearHandoff(handed[int(past_ids[at])], float(near[at]))
            for at in order
            if near[at] >= LEAST_NEARNESS
        ]
    return found


def _handed(proposals: Sequence[Proposal], actor: User) -> dict[int, Handoff]:
    """The last lead hand-off with an outcome, by case, of the cases that may be compared."""
    rows = db.session.scalars(
        select(Handoff)
        .join(Handoff.proposal)
        .where(
            visible_to(actor),
            _same_side(proposals),
            Handoff.part == HandoffPart.LEAD,
            Handoff.state.in_(ENDED),
        )
        .order_by(Handoff.id)
    )
    return {row.proposal_id: row for row in rows}


def _same_side(proposals: Sequence[Proposal]) -> ColumnElement[bool]:
    rounds = {row.round_id for row in proposals}
    practice = select(Round.id).where(Round.id.in_(rounds), Round.is_practice)
    real = select(Round.id).where(~Round.is_practice)
    is_practice = db.session.scalars(practice).first() is not None
    return Proposal.round_id.in_(rounds if is_practice else real)
