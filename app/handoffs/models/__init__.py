"""Hand-offs, their dates, replies, releases and views (送付・回答)."""

from app.handoffs.models.handoff import Handoff, HandoffBatch, HandoffDue, HandoffFile
from app.handoffs.models.reply import BodyView, Reexamination, Reply, ReplyFile, ReplyRelease

__all__ = [
    "BodyView",
    "Handoff",
    "HandoffBatch",
    "HandoffDue",
    "HandoffFile",
    "Reexamination",
    "Reply",
    "ReplyFile",
    "ReplyRelease",
]
