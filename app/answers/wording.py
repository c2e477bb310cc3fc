"""Words for the outcome of a case (結果の文の案), proposed from class and replies."""

from collections.abc import Sequence

from app.answers.earlier import kind_words
from app.answers.told import FOLLOW_UP_WORDS
from app.core.eras import format_date
from app.handoffs.models import Reply
from app.proposals.models import Proposal
from app.workflow.handoffs import HANDOFF_PART_LABELS, ReplyKind

KIND_WORDS: dict[ReplyKind, str] = {
    ReplyKind.WILL_ACT: "対応するとの回答がありました",
    ReplyKind.DONE: "既に対応しているとの回答がありました",
    ReplyKind.EXISTING_SYSTEM: "既存のシステムで対応できるとの回答がありました",
    ReplyKind.WILL_CONSIDER: "検討するとの回答がありました",
    ReplyKind.DIFFICULT: "対応は難しいとの回答がありました",
}


def proposed_outcome(proposal: Proposal, replies: Sequence[Reply]) -> str:
    """Text of the outcome as a start for the lead (結果の文の案), from released replies.

    Class and policy stand beside it on the page of the body; the text says what they mean.
    """
    category = proposal.category
    if category is None:
        return ""
    parts = [
        f"ご提案は、分類{category.code}「{category.short_label}」として取り扱うこととしました。"
    ]
    if replies:
        parts.append("\n".join(_reply_words(reply) for reply in replies))
    parts.append(FOLLOW_UP_WORDS[category.follow_up])
    return "\n\n".join(parts)


def _reply_words(reply: Reply) -> str:
    ministry = f"{reply.handoff.destination.name}（{HANDOFF_PART_LABELS[reply.handoff.part]}）"
    words = KIND_WORDS[reply.kind] if reply.kind else kind_words(reply)
    if reply.planned_on is None:
        return f"{ministry}から、{words}。"
    return f"{ministry}から、{words}。予定日は{format_date(reply.planned_on)}です。"
