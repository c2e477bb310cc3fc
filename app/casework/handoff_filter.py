"""Narrowing the list of cases by their hand-offs (送付による絞り込み)."""

from sqlalchemy import ColumnElement, and_, not_, or_, select

from app.handoffs.models import BodyView, Handoff
from app.handoffs.overview import is_at_ministry
from app.handoffs.standing import HandoffStanding
from app.proposals.models import Proposal
from app.workflow.handoffs import HandoffState
from app.workflow.states import State

# In the order in which the standing of a case is told: the first that holds says it.
_BY_STATE: tuple[tuple[HandoffStanding, HandoffState | None], ...] = (
    (HandoffStanding.AWAITING_ACKNOWLEDGEMENT, HandoffState.SENT),
    (HandoffStanding.AWAITING_REPLY, HandoffState.ACKNOWLEDGED),
    (HandoffStanding.AWAITING_VIEW, None),
    (HandoffStanding.ANSWERED, HandoffState.ANSWERED),
    (HandoffStanding.PREPARED, HandoffState.PREPARED),
    (HandoffStanding.SETTLED, HandoffState.SETTLED),
    (HandoffStanding.REFUSED, HandoffState.REFUSED),
)


def concerns_ministry(ministry_id: int) -> ColumnElement[bool]:
    """Condition for the cases named with a ministry or handed to it (所管・送付先の府省庁).

    A hand-off to a unit below it counts; one that was refused or taken back does not.
    """
    left = (HandoffState.REFUSED, HandoffState.RECALLED)
    handed = select(Handoff.proposal_id).where(
        is_at_ministry(ministry_id), Handoff.state.not_in(left)
    )
    return or_(Proposal.ministry_id == ministry_id, Proposal.id.in_(handed))


def stands_with_ministries(standing: HandoffStanding) -> ColumnElement[bool]:
    """Condition for the classified cases that stand so with the ministries (送付の現況)."""
    earlier: list[ColumnElement[bool]] = []
    for told, state in _BY_STATE:
        holds = _awaits_view() if state is None else _has(state)
        if told is standing:
            return and_(_is_classified(), holds, *map(not_, earlier))
        earlier.append(holds)
    return and_(_is_classified(), *map(not_, earlier))


def _is_classified() -> ColumnElement[bool]:
    return Proposal.state == State.CLASSIFIED


def _has(state: HandoffState) -> ColumnElement[bool]:
    return Proposal.id.in_(select(Handoff.proposal_id).where(Handoff.state == state))


def _awaits_view() -> ColumnElement[bool]:
    return Proposal.id.in_(
        select(BodyView.proposal_id).where(
            BodyView.filed_at.is_(None), BodyView.lapsed_at.is_(None)
        )
    )
