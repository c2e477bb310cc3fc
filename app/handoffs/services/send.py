"""Sending what was prepared (送付): from here on the destination knows of it."""

from dataclasses import dataclass

from app.accounts.models import User
from app.audit.services import Subject
from app.core.eras import format_date_short
from app.core.errors import InvalidInput
from app.handoffs.lifecycle import check_handoff_version, move_handoff
from app.handoffs.models import Handoff
from app.handoffs.policy import authorize_hand_off
from app.handoffs.queries import handoffs_of
from app.handoffs.recipients import coordinators_of
from app.handoffs.services.prepare import destination_problem
from app.rounds.letters import write_in_round
from app.workflow.handoffs import (
    TOLD_HANDOFF_STATES,
    HandoffAction,
    HandoffPart,
    HandoffPurpose,
    HandoffState,
)

LEAD_MISSING = (
    "主管の府省庁へ送付していないため、関係の府省庁には検討を要請できません。"
    "先に主管へ送付するか、目的を情報提供に変えてください。"
)


@dataclass(frozen=True, kw_only=True)
class Send:
    """Sending one prepared hand-off (送付); `version` is that of the hand-off."""

    version: int


def send_handoff(handoff: Handoff, command: Send, *, actor: User) -> None:
    """Send one hand-off and write to the coordinators of its destination (送付).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_hand_off(actor, handoff.proposal)
    check_handoff_version(handoff, command.version)
    send_prepared(handoff, actor=actor)


def send_prepared(handoff: Handoff, *, actor: User) -> None:
    """Send a hand-off whose right to it was judged and write to its ministry (送付).

    Raises IllegalTransition, InvalidInput.
    """
    problem = sending_problem(handoff) if handoff.state is HandoffState.PREPARED else ""
    if problem:
        raise InvalidInput({"part": [problem]}, problem)
    move_handoff(handoff, HandoffAction.SEND, actor=actor)
    write_about(handoff, "handed_off")


def sending_problem(handoff: Handoff) -> str:
    """Why a prepared hand-off cannot be sent now (送付できない理由), "" when it can."""
    problem = destination_problem(handoff.destination)
    if problem:
        return f"{problem}。"
    if handoff.part is HandoffPart.LEAD or handoff.purpose is HandoffPurpose.INFORMATION:
        return ""
    others = handoffs_of(handoff.proposal)
    return "" if any(map(_leads, others)) else LEAD_MISSING


def write_about(handoff: Handoff, letter: str) -> None:
    """Write to the coordinators of a destination about its hand-off (窓口担当への知らせ)."""
    write_in_round(
        handoff.proposal.round,
        letter,
        coordinators_of(handoff.destination),
        key=f"{letter}:{handoff.id}:{handoff.version}",
        # What was recalled has no page any more for its ministry.
        path="/handoffs" if handoff.state is HandoffState.RECALLED else f"/handoffs/{handoff.id}",
        about=Subject(type="proposal", id=handoff.proposal_id),
        reference=handoff.proposal.reference,
        due_on=format_date_short(handoff.due_on) if handoff.due_on else "",
    )


def _leads(row: Handoff) -> bool:
    """Whether the lead has the case, or had answered it (主管への送付)."""
    is_told = row.state in TOLD_HANDOFF_STATES and row.state is not HandoffState.REFUSED
    return row.part is HandoffPart.LEAD and is_told
