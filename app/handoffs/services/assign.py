"""Giving a hand-off to somebody inside the ministry (省内の担当)."""

from dataclasses import dataclass

from app.accounts.models import User
from app.core.errors import IllegalTransition, InvalidInput
from app.extensions import db
from app.handoffs.desk_policy import authorize_coordinator
from app.handoffs.lifecycle import check_handoff_version, record_handoff
from app.handoffs.models import Handoff
from app.handoffs.received import people_for
from app.handoffs.services.ministry_letters import tell_ministry
from app.workflow.handoffs import (
    OWED_HANDOFF_STATES,
)

OVER = "担当を決められるのは、回答を送付する前の案件だけです。"
NOBODY = "担当は、一覧にある自府省庁の人から選んでください"


@dataclass(frozen=True, kw_only=True)
class AssignInside:
    """Who answers inside the ministry (省内の担当), None for nobody in particular."""

    version: int
    assignee_id: int | None


def assign_inside(handoff: Handoff, command: AssignInside, *, actor: User) -> None:
    """Give a hand-off to somebody of the ministry, or to nobody (担当の変更).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_coordinator(actor, handoff)
    check_handoff_version(handoff, command.version)
    if handoff.state not in OWED_HANDOFF_STATES:
        raise IllegalTransition(OVER)
    people = {user.id: user for user in people_for(actor, handoff)}
    if command.assignee_id is not None and command.assignee_id not in people:
        raise InvalidInput({"assignee_id": [NOBODY]})
    if command.assignee_id == handoff.assignee_id:
        return
    handoff.assignee_id = command.assignee_id
    db.session.flush()
    db.session.refresh(handoff)
    record_handoff(
        handoff, "assign", actor=actor, changes={"assignee_id": command.assignee_id or ""}
    )
    if command.assignee_id is not None and command.assignee_id != actor.id:
        told = [people[command.assignee_id]]
        tell_ministry(handoff, "handoff_assigned", told, key=str(handoff.version))
