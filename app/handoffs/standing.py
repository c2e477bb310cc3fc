"""Where a classified case stands, told by its hand-offs (送付から見た現況): derived, never stored.

Only the running clock of the case follows it, so that lists, backlog and the split of time know
whose move it is.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select

from app.accounts.models import User
from app.extensions import db
from app.handoffs.models import BodyView, Handoff
from app.handoffs.queries import awaited_view, handoffs_of
from app.proposals.clocks import pass_clock
from app.proposals.models import Proposal
from app.proposals.moves import when_moved
from app.workflow.handoffs import HandoffState
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


STANDING_LABELS: dict[HandoffStanding, str] = {
    HandoffStanding.NONE: "送付なし",
    HandoffStanding.PREPARED: "送付前",
    HandoffStanding.AWAITING_ACKNOWLEDGEMENT: "府省庁の受領待ち",
    HandoffStanding.AWAITING_REPLY: "府省庁の回答待ち",
    HandoffStanding.ANSWERED: "回答の確認中",
    HandoffStanding.AWAITING_VIEW: "団体の見解待ち",
    HandoffStanding.SETTLED: "回答確定",
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
_ORDER = (HandoffState.SENT, HandoffState.ACKNOWLEDGED)


def standing_of_handoffs(proposal: Proposal) -> HandoffStanding:
    """Where the case stands with the ministries (送付の現況).

    A ministry that has not acknowledged comes first, then one that has not answered; then the view
    of the body, then what the secretariat has still to settle.
    """
    return tell_standing(handoffs_of(proposal), awaited_view(proposal))


def tell_standing(handoffs: list[Handoff], awaited: BodyView | None) -> HandoffStanding:
    """The same from rows that were read already (送付の現況)."""
    states = {row.state for row in handoffs}
    for state in _ORDER:
        if state in states:
            return _BY_STATE[state].standing
    if awaited is not None:
        return HandoffStanding.AWAITING_VIEW
    if HandoffState.ANSWERED in states:
        return HandoffStanding.ANSWERED
    if HandoffState.PREPARED in states:
        return HandoffStanding.PREPARED
    return HandoffStanding.SETTLED if HandoffState.SETTLED in states else HandoffStanding.NONE


def standings_of(proposals: Sequence[Proposal]) -> dict[int, str]:
    """Where each of several cases stands, in words (送付の現況), by id; in two questions.

    A case that was never handed off is left out.
    """
    ids = [proposal.id for proposal in proposals]
    rows: dict[int, list[Handoff]] = {}
    for row in db.session.scalars(select(Handoff).where(Handoff.proposal_id.in_(ids))):
        rows.setdefault(row.proposal_id, []).append(row)
    awaited = {
        view.proposal_id: view
        for view in db.session.scalars(
            select(BodyView).where(
                BodyView.proposal_id.in_(ids),
                BodyView.filed_at.is_(None),
                BodyView.lapsed_at.is_(None),
            )
        )
    }
    return {
        number: STANDING_LABELS[tell_standing(found, awaited.get(number))]
        for number, found in rows.items()
    }


def follow_handoffs(proposal: Proposal) -> None:
    """Let the clock of a classified case say whose move it is now (期限を送付に合わせる).

    The earliest date of the ministries that have to move counts. Call it after each step of a
    hand-off, of a release and of a view.
    """
    if proposal.state is not State.CLASSIFIED:
        return
    handoffs = handoffs_of(proposal)
    for state in _ORDER:
        moving = [row for row in handoffs if row.state is state and row.due_on is not None]
        if moving:
            _follow_due(proposal, moving, _BY_STATE[state].clock)
            return
    awaited = awaited_view(proposal)
    if awaited is not None:
        pass_clock(
            proposal,
            Clock(Term.VIEW, Holder.PROPOSER),
            due_on=awaited.due_on,
            office_days=awaited.office_days,
            started_on=awaited.asked_on,
        )
        return
    answered = [row for row in handoffs if row.state is HandoffState.ANSWERED and row.due_on]
    if answered:
        _follow_due(proposal, answered, _BY_STATE[HandoffState.ANSWERED].clock)
        return
    pass_clock(proposal, None)


def _follow_due(proposal: Proposal, moving: list[Handoff], running: Clock) -> None:
    first = min(moving, key=lambda row: (row.due_on, row.id))
    due = first.dues[-1]
    pass_clock(
        proposal,
        running,
        due_on=due.due_on,
        office_days=due.office_days,
        started_on=due.started_on,
    )


@when_moved
def _follow_after_move(proposal: Proposal, _actor: User | None) -> None:
    """A case that is classified again with hand-offs that were kept (仕分け直しの後)."""
    if proposal.state is State.CLASSIFIED:
        follow_handoffs(proposal)
