"""Who acts at the desk of a ministry (府省庁の権限), and on which hand-off now."""

from app.accounts.models import Role, User
from app.core.errors import IllegalTransition, NotAllowed
from app.handoffs.models import Handoff, Reply
from app.handoffs.policy import OTHER_MINISTRY, authorize_ministry, can_act_for_ministry
from app.handoffs.queries import MINISTRY_ROLES
from app.proposals.queries import is_conflicted
from app.workflow.handoffs import (
    HandoffAction,
    HandoffPurpose,
    HandoffState,
    ReplyStatus,
    handoff_actions_from,
)
from app.workflow.states import State

NO_REPLY = "この送付は情報提供です。回答は要りません。"
NOT_NOW = "回答を書けるのは、受領してから送付するまでの間です。画面を開き直してください。"
NOT_CLASSIFIED = "この案件は事務局が分類を見直しているため、今は操作できません。"
WAITS_FOR_APPROVAL = (
    "この回答は窓口の確認待ちです。直すときは、先に「下書きに戻す」を押してください。"
)


def is_coordinator(actor: User, handoff: Handoff) -> bool:
    """Whether the actor speaks for the destination (窓口担当)."""
    return can_act_for_ministry(actor, handoff, Role.MINISTRY_COORDINATOR)


def can_write(actor: User, handoff: Handoff) -> bool:
    """Whether the actor drafts the reply (回答の作成): the destination's, and who has it."""
    is_given = actor.has_role(*MINISTRY_ROLES) and handoff.assignee_id == actor.id
    given = is_given and not is_conflicted(actor.id, handoff.proposal)
    return given or can_act_for_ministry(actor, handoff)


def authorize_coordinator(actor: User, handoff: Handoff) -> None:
    """Refuse who is no coordinator of the destination (窓口担当). Raises NotAllowed."""
    authorize_ministry(actor, handoff, Role.MINISTRY_COORDINATOR)


def authorize_write(actor: User, handoff: Handoff) -> None:
    """Refuse who may not draft the reply (回答の作成). Raises NotAllowed."""
    if can_write(actor, handoff):
        return
    authorize_ministry(actor, handoff)
    raise NotAllowed(OTHER_MINISTRY)


def is_possible(handoff: Handoff, action: HandoffAction) -> bool:
    """Whether a hand-off can make a step now (可能な操作)."""
    is_movable = handoff.proposal.state is State.CLASSIFIED
    return is_movable and action in handoff_actions_from(handoff.state, handoff.purpose)


def check_writable(handoff: Handoff) -> None:
    """Refuse a reply where none is awaited (回答の時期). Raises IllegalTransition."""
    if handoff.purpose is HandoffPurpose.INFORMATION:
        raise IllegalTransition(NO_REPLY)
    if handoff.state is not HandoffState.ACKNOWLEDGED:
        raise IllegalTransition(NOT_NOW)
    if handoff.proposal.state is not State.CLASSIFIED:
        raise IllegalTransition(NOT_CLASSIFIED)


def check_draft(reply: Reply | None) -> None:
    """Refuse to change what waits for approval or was sent (下書きの変更).

    Raises IllegalTransition.
    """
    if reply is not None and reply.status is ReplyStatus.AWAITING_APPROVAL:
        raise IllegalTransition(WAITS_FOR_APPROVAL)
    if reply is not None and reply.status is ReplyStatus.SENT:
        raise IllegalTransition(NOT_NOW)
