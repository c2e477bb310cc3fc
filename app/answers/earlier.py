"""How the same matter was answered in an earlier round (前の回の回答)."""

from collections.abc import Sequence
from typing import NamedTuple

from app.accounts.models import User
from app.handoffs.models import Reply
from app.handoffs.queries import released_replies_of
from app.proposals.models import Proposal
from app.similar.earlier import earlier_settled
from app.workflow.handoffs import REPLY_KIND_LABELS, HandoffPart


class EarlierReply(NamedTuple):
    """A released reply to the same matter, and why it is held for the same (前の回の回答)."""

    proposal: Proposal
    reply: Reply
    why: str


def last_released(proposal: Proposal) -> list[Reply]:
    """The latest released reply of each hand-off of a case, the lead first (公開された回答)."""
    latest = {reply.handoff_id: reply for reply in released_replies_of(proposal)}
    return sorted(
        latest.values(),
        key=lambda row: (row.handoff.part is not HandoffPart.LEAD, row.handoff_id),
    )


def earlier_replies(actor: User, proposal: Proposal) -> list[EarlierReply]:
    """Released replies to the same matter in earlier rounds, the latest round first.

    Only of cases the actor may know of; a practice round (操作練習) has none.
    """
    return [
        EarlierReply(case.proposal, reply, case.why)
        for case in earlier_settled(actor, proposal)
        for reply in last_released(case.proposal)
    ]


def departs_from(actor: User, reply: Reply) -> EarlierReply | None:
    """The earlier reply that this one goes another way than (前回と違う回答), None for none.

    The replies of the lead ministries count, and of the earlier ones the latest.
    """
    if reply.handoff.part is not HandoffPart.LEAD:
        return None
    return departure(reply, earlier_replies(actor, reply.handoff.proposal))


def departure(reply: Reply, earlier: Sequence[EarlierReply]) -> EarlierReply | None:
    """The same from earlier replies that were read already (前回と違う回答)."""
    if reply.handoff.part is not HandoffPart.LEAD:
        return None
    for found in earlier:
        if found.reply.handoff.part is HandoffPart.LEAD:
            return found if found.reply.kind is not reply.kind else None
    return None


def kind_words(reply: Reply) -> str:
    """Kind of a reply in words (回答の種別), 「未記入」 while it has none."""
    return REPLY_KIND_LABELS[reply.kind] if reply.kind else "未記入"
