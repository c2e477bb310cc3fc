"""Taking a hand-off back (送付の取下げ): the ministry is told, what it drafted stays locked."""

from dataclasses import dataclass

from app.accounts.models import User
from app.core.errors import InvalidInput
from app.core.text import is_blank
from app.handoffs.lifecycle import check_handoff_version, move_handoff
from app.handoffs.models import Handoff
from app.handoffs.policy import authorize_hand_off
from app.handoffs.services.send import write_about
from app.workflow.handoffs import TOLD_HANDOFF_STATES, HandoffAction


@dataclass(frozen=True, kw_only=True)
class Recall:
    """Taking one hand-off back with a reason (送付の取下げ)."""

    version: int
    reason: str


def recall_handoff(handoff: Handoff, command: Recall, *, actor: User) -> None:
    """Take a hand-off back and tell its ministry (送付の取下げ).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_hand_off(actor, handoff.proposal)
    check_handoff_version(handoff, command.version)
    if is_blank(command.reason):
        raise InvalidInput({"reason": ["取り下げる理由を入力してください"]})
    take_back_handoff(handoff, command.reason, actor=actor)


def take_back_handoff(handoff: Handoff, reason: str, *, actor: User) -> None:
    """Recall a hand-off whose right to it was judged (送付の取下げ); a prepared one in silence.

    Raises IllegalTransition.
    """
    was_told = handoff.state in TOLD_HANDOFF_STATES
    move_handoff(handoff, HandoffAction.RECALL, actor=actor, reason=reason)
    if was_told:
        write_about(handoff, "handoff_recalled")
