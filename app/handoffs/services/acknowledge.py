"""Acknowledging what arrived (受領)."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import User
from app.handoffs.desk_policy import authorize_coordinator
from app.handoffs.lifecycle import check_handoff_version, move_handoff
from app.handoffs.models import Handoff
from app.workflow.handoffs import HandoffAction


@dataclass(frozen=True, kw_only=True)
class Acknowledge:
    """Taking one hand-off (受領); `version` is that of the hand-off."""

    version: int


def acknowledge(handoff: Handoff, command: Acknowledge, *, actor: User) -> None:
    """Take a hand-off (受領): the term of the reply starts; mere information is settled by it.

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    authorize_coordinator(actor, handoff)
    check_handoff_version(handoff, command.version)
    move_handoff(handoff, HandoffAction.ACKNOWLEDGE, actor=actor)


def acknowledge_all(chosen: Sequence[tuple[Handoff, Acknowledge]], *, actor: User) -> None:
    """Take several at once, all or none (まとめて受領).

    Raises NotAllowed, StaleVersion, IllegalTransition.
    """
    # Always in the order of the cases: two people who take the same ones never wait for each other.
    for handoff, command in sorted(chosen, key=lambda pair: (pair[0].proposal_id, pair[0].id)):
        acknowledge(handoff, command, actor=actor)
