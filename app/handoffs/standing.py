"""Where a classified case stands, told by its hand-offs (送付から見た現況): derived, never stored.

Only the running clock of the case follows it, so that lists, backlog and the split of time know
whose move it is.
"""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select

from app.accounts.models import User
from app.extensions import db
from app.handoffs.models import BodyView, Handoff
from app.handoffs.queries import awaited_view, handoffs_of
from app.proposals.clocks import NextRun, pass_clocks
from app.proposals.models import Proposal
from app.proposals.moves import when_moved
from app.workflow.handoffs import (
    OWED_HANDOFF_STATES,
    HandoffState,
)
from app.workflow.states import State
from app.workflow.terms import Clock, Holder, Term


class HandoffStanding(StrEnum):
    """Where a case stands with the ministries (送付の現況)."""

    NONE = "none"
    PREPARED = "prepared"
    AWAITING_ACKNOWLEDGEMENT = "awaiting_acknowledgement"
    AWAITING_REPLY = "awaiting_reply"
    ANSWERED = "answered"
    AWAITING_VIEW = "awaiting_view"
    SETTLED = "settled"
    REFUSED = "refused"


STANDING_LABELS: dict[HandoffStanding, str] = {
    HandoffStanding.NONE: "送付なし",
    HandoffStanding.PREPARED: "送付前",
    HandoffStanding.AWAITING_ACKNOWLEDGEMENT: "府省庁の受領待ち",
    HandoffStanding.AWAITING_REPLY: "府省庁の回答待ち",
    HandoffStanding.ANSWERED: "回答の確認中",
    HandoffStanding.AWAITING_VIEW: "団体の見解待ち",
    HandoffStanding.SETTLED: "回答確定",
    HandoffStanding.REFUSED: "所管外で戻ったまま",
}


class _Term(NamedTuple):
    standing: HandoffStanding
    clock: Clock


_BY_STATE: dict[HandoffState, _Term] = {
    HandoffState.SENT: _Term(
        HandoffStanding.AWAITING_ACKNOWLEDGEMENT, Clock(Term.ACKNOWLEDGEMENT, Holder.MINISTRY)
    ),
    HandoffState.ACKNOWLEDGED: _Term(
        HandoffStanding.AWAITING_REPLY, Clock(Term.REPLY, Holder.MINISTRY)
    ),
    HandoffState.ANSWERED: _Term(
        HandoffStanding.ANSWERED, Clock(Term.SETTLEMENT, Holder.SECRETARIAT)
    ),
}

# Nobody outside has the next move: the first that is there says where the case stands.
_AT_REST: tuple[tuple[HandoffState, HandoffStanding], ...] = (
    (HandoffState.ANSWERED, HandoffStanding.ANSWERED),
    (HandoffState.PREPARED, HandoffStanding.PREPARED),
    (HandoffState.SETTLED, HandoffStanding.SETTLED),
    (HandoffState.REFUSED, HandoffStanding.REFUSED),
)


def standing_of_handoffs(proposal: Proposal) -> HandoffStanding:
    """Where the case stands with the ministries (送付の現況).

    A ministry that has not acknowledged comes first, then one that has not answered; then the view
    of the body, then what the secretariat has still to settle.
    """
    return tell_standing(handoffs_of(proposal), awaited_view(proposal))


def tell_standing(handoffs: list[Handoff], awaited: BodyView | None) -> HandoffStanding:
    """The same from rows that were read already (送付の現況)."""
    return _tell({row.state for row in handoffs}, is_view_awaited=awaited is not None)


def _tell(states: Collection[HandoffState], *, is_view_awaited: bool) -> HandoffStanding:
    for state in OWED_HANDOFF_STATES:
        if state in states:
            return _BY_STATE[state].standing
    if is_view_awaited:
        return HandoffStanding.AWAITING_VIEW
    for state, standing in _AT_REST:
        if state in states:
            return standing
    return HandoffStanding.NONE


def standings_of(proposals: Sequence[Proposal]) -> dict[int, str]:
    """Where each of several cases stands, in words (送付の現況), by id; in two questions.

    A case that was never handed off is left out.
    """
    ids = [proposal.id for proposal in proposals]
    if not ids:
        return {}
    states: dict[int, set[HandoffState]] = {}
    for number, state in db.session.execute(
        select(Handoff.proposal_id, Handoff.state).where(Handoff.proposal_id.in_(ids))
    ):
        states.setdefault(number, set()).add(state)
    awaited = set(
        db.session.scalars(
            select(BodyView.proposal_id).where(
                BodyView.proposal_id.in_(ids),
                BodyView.filed_at.is_(None),
                BodyView.lapsed_at.is_(None),
            )
        )
    )
    return {
        number: STANDING_LABELS[_tell(found, is_view_awaited=number in awaited)]
        for number, found in states.items()
    }


def follow_handoffs(*proposals: Proposal) -> None:
    """Let the clocks of classified cases say whose move it is now (期限を送付に合わせる).

    The earliest date of the ministries that have to move counts, whether they have to acknowledge
    or to answer: one that was asked later does not hide that another is overdue. Call it after each
    step of a hand-off, of a release and of a view; for many cases at once, once.
    """
    cases = [proposal for proposal in proposals if proposal.state is State.CLASSIFIED]
    handoffs = _handoffs_by_case(cases)
    pass_clocks([_next_run(case, handoffs[case.id]) for case in cases])


def _handoffs_by_case(cases: Sequence[Proposal]) -> dict[int, list[Handoff]]:
    found: dict[int, list[Handoff]] = {case.id: [] for case in cases}
    rows = select(Handoff).where(Handoff.proposal_id.in_(list(found))).order_by(Handoff.id)
    for row in db.session.scalars(rows):
        found[row.proposal_id].append(row)
    return found


def _next_run(proposal: Proposal, handoffs: list[Handoff]) -> NextRun:
    moving = _owing(handoffs, *OWED_HANDOFF_STATES)
    if moving:
        return _run_of(proposal, moving)
    awaited = awaited_view(proposal)
    if awaited is not None:
        return NextRun(
            proposal,
            Clock(Term.VIEW, Holder.PROPOSER),
            due_on=awaited.due_on,
            office_days=awaited.office_days,
            started_on=awaited.asked_on,
        )
    answered = _owing(handoffs, HandoffState.ANSWERED)
    return _run_of(proposal, answered) if answered else NextRun(proposal, None)


def _owing(handoffs: list[Handoff], *states: HandoffState) -> list[Handoff]:
    return [row for row in handoffs if row.state in states and row.due_on is not None]


def _run_of(proposal: Proposal, owing: list[Handoff]) -> NextRun:
    first = min(owing, key=lambda row: (row.due_on, row.id))
    due = first.dues[-1]
    return NextRun(
        proposal,
        _BY_STATE[first.state].clock,
        due_on=due.due_on,
        office_days=due.office_days,
        started_on=due.started_on,
    )


@when_moved
def _follow_after_move(proposal: Proposal, _actor: User | None, _left: str | None) -> None:
    """A case that is classified again with hand-offs that were kept (仕分け直しの後)."""
    if proposal.state is State.CLASSIFIED and _was_handed_off(proposal):
        follow_handoffs(proposal)


def _was_handed_off(proposal: Proposal) -> bool:
    found = select(Handoff.id).where(Handoff.proposal_id == proposal.id).limit(1)
    return db.session.scalar(found) is not None
