"""Where a batch stands (まとめて送付の状況), in words and tone."""

from enum import StrEnum

from app.batches.models import BatchConfirmation
from app.handoffs.models import HandoffBatch


class Stage(StrEnum):
    """Where a batch stands (まとめて送付の状況)."""

    PREPARED = "prepared"
    AWAITED = "awaited"  # 承認待ち: confirmed, a second person is awaited
    WAITING = "waiting"  # 送付待ち: let go, the time for second thoughts runs
    HELD = "held"  # 見送り: at its time it was not what had been confirmed
    SENT = "sent"
    DISCARDED = "discarded"


STAGE_WORDS: dict[Stage, tuple[str, str]] = {
    Stage.PREPARED: ("送付前", "work"),
    Stage.AWAITED: ("承認待ち", "soon"),
    Stage.WAITING: ("送付待ち", "wait"),
    Stage.HELD: ("見送り", "late"),
    Stage.SENT: ("送付済み", "done"),
    Stage.DISCARDED: ("取りやめ", "plain"),
}


def stage_of(batch: HandoffBatch, confirmation: BatchConfirmation | None) -> Stage:
    """Where a batch with this confirmation stands."""
    if batch.sent_at is not None:
        return Stage.SENT
    if batch.discarded_at is not None:
        return Stage.DISCARDED
    if confirmation is None:
        return Stage.PREPARED
    if confirmation.held_at is not None:
        return Stage.HELD
    return Stage.WAITING if confirmation.sends_at is not None else Stage.AWAITED
