"""Whether a reply can be released now (公開できるか), in words."""

from sqlalchemy import and_

from app.accounts.models import User
from app.answers.earlier import departs_from
from app.answers.queries import ENDED_WITHOUT
from app.handoffs.models import Handoff, Reply
from app.proposals.models import Proposal
from app.workflow.handoffs import ReplyStatus
from app.workflow.states import State

NOT_SENT = "まだ送られていない回答です"
ALREADY = "既に公開しています"
ENDED = "送付が取り下げられたか、所管外として返されています"
NEWER_ROUND = "再検討を要請しているため、次の回答を待ってください"
NOT_CLASSIFIED = "分類が確定していません。仕分けが終わってから公開してください"
NO_REASON = "前の回と回答の種別が違います。「前回と違う理由」を書いてから公開してください"
# What `why_not_yet` has nothing against, of sent replies with their hand-off and case (公開できる).
CAN_BE_RELEASED = and_(
    Reply.release_id.is_(None),
    Handoff.state.not_in(ENDED_WITHOUT),
    Reply.round_number == Handoff.round_number,
    Proposal.state == State.CLASSIFIED,
)


def why_not_yet(reply: Reply) -> str:
    """Why a reply cannot be released as it stands (公開できない理由), "" when it can."""
    if reply.status is not ReplyStatus.SENT:
        return NOT_SENT
    if reply.release_id is not None:
        return ALREADY
    if reply.handoff.state in ENDED_WITHOUT:
        return ENDED
    if reply.round_number != reply.handoff.round_number:
        return NEWER_ROUND
    if reply.handoff.proposal.state is not State.CLASSIFIED:
        return NOT_CLASSIFIED
    return ""


def why_not_released(actor: User, reply: Reply) -> str:
    """The same, with what an earlier round asks for: a line on why the reply differs."""
    found = why_not_yet(reply)
    if found or (reply.why_different or "").strip():
        return found
    return NO_REASON if departs_from(actor, reply) else ""
