"""Where a case stands with the ministries (送付の現況), for the frame of its pages."""

from dataclasses import replace

from app.casework.holder import Standing
from app.handoffs.models import Handoff
from app.handoffs.queries import (
    awaited_view,
    handoffs_of,
    refusals_before,
    unrouted,
    withheld_replies,
)
from app.handoffs.services.reroute import REFUSALS_FOR_LEAD
from app.handoffs.standing import HandoffStanding, tell_standing
from app.proposals.models import Proposal
from app.workflow.handoffs import (
    OPEN_HANDOFF_STATES,
    OWED_HANDOFF_STATES,
    HandoffPart,
    HandoffState,
)
from app.workflow.states import State

AT_MINISTRIES = (HandoffStanding.AWAITING_ACKNOWLEDGEMENT, HandoffStanding.AWAITING_REPLY)


def with_handoffs(standing: Standing, proposal: Proposal) -> Standing:
    """Add what the hand-offs say to the standing of a case (送付の現況); not for bodies."""
    rows = handoffs_of(proposal)
    awaited = awaited_view(proposal)
    if not rows:
        return standing
    withheld = tuple(row.id for row in withheld_replies(proposal))
    is_at_work = any(row.state in OPEN_HANDOFF_STATES for row in rows)
    is_open = is_at_work or awaited is not None or bool(withheld)
    if proposal.state is not State.CLASSIFIED:
        return replace(standing, is_held_open=is_open)
    told = tell_standing(rows, awaited)
    refused = _to_be_sent_on(rows, told)
    prepared = [row for row in rows if row.state is HandoffState.PREPARED]
    waiting = next(iter([*refused, *prepared]), None)
    is_for_lead = bool(refused) and len(refusals_before(refused[0])) >= REFUSALS_FOR_LEAD
    return replace(
        standing,
        handoffs=told,
        ministries=tuple(row.destination.name for row in rows if row.state in OWED_HANDOFF_STATES),
        refused=tuple(row.destination.name for row in refused),
        waiting_handoff_id=waiting.id if waiting else None,
        is_rerouted_by_lead=is_for_lead,
        withheld=() if is_at_work else withheld,
        is_held_open=is_open,
    )


def _to_be_sent_on(rows: list[Handoff], told: HandoffStanding) -> list[Handoff]:
    """Refused ones that somebody has to send on (送り直す所管外), the lead's first.

    What a related ministry refused may stay as it is: as soon as the secretariat has another move,
    or the case is settled, that comes first.
    """
    is_early = told in (HandoffStanding.NONE, HandoffStanding.REFUSED, *AT_MINISTRIES)
    return [row for row in unrouted(rows) if is_early or row.part is HandoffPart.LEAD]
