"""The only writer of the state of a hand-off (送付の状態遷移)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import Subject, record
from app.core import clock
from app.core.errors import IllegalTransition, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.handoffs.dues import end_due, start_due
from app.handoffs.models import Handoff
from app.handoffs.standing import follow_handoffs
from app.proposals.models import Proposal
from app.workflow.handoffs import (
    TERMS_OF_HANDOFFS,
    HandoffAction,
    HandoffState,
    next_handoff_state,
)
from app.workflow.states import State
from app.workflow.terms import Term

ENDS = (HandoffState.SETTLED, HandoffState.REFUSED, HandoffState.RECALLED)
NOT_CLASSIFIED = (
    "分類が確定していない提案の送付は動かせません。仕分けが終わってから、もう一度行ってください。"
)
# These only end what a destination has; they are possible while the case is classified anew.
_ANYTIME = (HandoffAction.RECALL,)


def check_handoff_version(handoff: Handoff, version: int) -> None:
    """Lock a hand-off and its case; refuse a command made from an older version of it (P05).

    The case comes first, as everywhere: acts on two hand-offs of one case follow one another, so
    that its clock is told by what both left. Raises StaleVersion.
    """
    proposal = handoff.proposal
    db.session.execute(select(Proposal.id).where(Proposal.id == proposal.id).with_for_update())
    db.session.refresh(proposal)
    present = db.session.scalar(
        select(Handoff.version).where(Handoff.id == handoff.id).with_for_update()
    )
    if not handoff.version == present == version:
        raise StaleVersion(STALE_MESSAGE)


def move_handoff(
    handoff: Handoff,
    action: HandoffAction,
    *,
    actor: User,
    reason: str = "",
    announced_on: date | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Move a hand-off along one arrow, start its next term, leave a trace on its case (送付の操作).

    `announced_on` is the date of the reply where one was announced for it (日付指定); in the first
    round that of the batch counts. Raises
    IllegalTransition and changes nothing when the table has no such arrow.
    """
    move_together(
        [handoff],
        action,
        actor=actor,
        reason=reason,
        announced_on=announced_on,
        changes=changes,
    )


def move_together(
    handoffs: Sequence[Handoff],
    action: HandoffAction,
    *,
    actor: User,
    reason: str = "",
    announced_on: date | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Move hand-offs along the same arrow, all or none, as `move_handoff` does (送付の一括操作).

    Written together and with a few questions for however many. Raises IllegalTransition.
    """
    steps = [(row, row.state, _state_after(row, action)) for row in handoffs]
    # Read before anything changes: to read it anew in between would write half a step.
    actor_id = actor.id
    for handoff, _, after in steps:
        handoff.state = after
        _note_step(handoff, action, actor_id, reason)
        _start_term(handoff, announced_on, actor)
    db.session.flush()
    follow_handoffs(*{row.proposal_id: row.proposal for row in handoffs}.values())
    db.session.flush()
    for handoff, left, after in steps:
        due = {"handoff_due_on": handoff.due_on.isoformat()} if handoff.due_on else {}
        told = {"handoff_from": left.value, "handoff_to": after.value, **due, **(changes or {})}
        record_handoff(handoff, action.value, actor=actor, reason=reason, changes=told)


def _state_after(handoff: Handoff, action: HandoffAction) -> HandoffState:
    after = next_handoff_state(handoff.state, action, handoff.purpose)
    if handoff.proposal.state is not State.CLASSIFIED and action not in _ANYTIME:
        raise IllegalTransition(NOT_CLASSIFIED)
    return after


def record_handoff(
    handoff: Handoff,
    verb: str,
    *,
    actor: User,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Leave a trace of an act on a hand-off in the history of its case (監査): `handoff.<verb>`."""
    proposal = handoff.proposal
    record(
        f"handoff.{verb}",
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=actor,
        reason=reason,
        changes={
            "handoff_id": handoff.id,
            "destination": handoff.destination.name,
            "part": handoff.part.value,
            **(changes or {}),
        },
    )


def _note_step(handoff: Handoff, action: HandoffAction, actor_id: int, reason: str) -> None:
    now = clock.now()
    if handoff.state in ENDS:
        handoff.ended_at, handoff.ended_by_id, handoff.end_reason = now, actor_id, reason
    if action is HandoffAction.REEXAMINE:
        handoff.round_number += 1
    if action is HandoffAction.SEND:
        handoff.sent_at, handoff.sent_by_id = now, actor_id
    if action is HandoffAction.ACKNOWLEDGE:
        handoff.acknowledged_at, handoff.acknowledged_by_id = now, actor_id


def _start_term(handoff: Handoff, announced_on: date | None, actor: User) -> None:
    term = TERMS_OF_HANDOFFS.get(handoff.state)
    if term is None:
        end_due(handoff)
        return
    if term is Term.REPLY and handoff.round_number == 1 and handoff.batch is not None:
        announced_on = announced_on or handoff.batch.reply_due_on
    start_due(handoff, term, announced_on=announced_on if term is Term.REPLY else None, actor=actor)
