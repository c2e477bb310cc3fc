"""Where a case stands with the ministries (送付の現況), for the frame of its pages."""

from dataclasses import replace

from app.casework.holder import Standing
from app.handoffs.queries import awaited_view, handoffs_of, unrouted
from app.handoffs.standing import tell_standing
from app.proposals.models import Proposal
from app.workflow.handoffs import OPEN_HANDOFF_STATES, HandoffState
from app.workflow.states import State

MOVING = (HandoffState.SENT, HandoffState.ACKNOWLEDGED)


def with_handoffs(standing: Standing, proposal: Proposal) -> Standing:
    """Add what the hand-offs say to the standing of a case (送付の現況); not for bodies."""
    rows = handoffs_of(proposal)
    awaited = awaited_view(proposal)
    if not rows:
        return standing
    is_open = awaited is not None or any(row.state in OPEN_HANDOFF_STATES for row in rows)
    if proposal.state is not State.CLASSIFIED:
        return replace(standing, is_held_open=is_open)
    refused = unrouted(rows)
    prepared = [row for row in rows if row.state is HandoffState.PREPARED]
    waiting = next(iter([*refused, *prepared]), None)
    return replace(
        standing,
        handoffs=tell_standing(rows, awaited),
        ministries=tuple(row.destination.name for row in rows if row.state in MOVING),
        refused=tuple(row.destination.name for row in refused),
        waiting_handoff_id=waiting.id if waiting else None,
        is_held_open=is_open,
    )
