"""Reading the outbox (送信箱の検索)."""

from sqlalchemy import Select, func, select

from app.extensions import db
from app.notifications.models import DeliveryStatus, OutboxMessage


def latest_messages(limit: int = 100) -> Select[OutboxMessage]:
    """Messages, newest first (送信箱の一覧)."""
    return (
        select(OutboxMessage)
        .order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc())
        .limit(limit)
    )


def count_by_status() -> dict[DeliveryStatus, int]:
    """Number of messages in each status, 0 for none (送信状況の件数)."""
    counted = db.session.execute(
        select(OutboxMessage.status, func.count()).group_by(OutboxMessage.status)
    )
    return dict.fromkeys(DeliveryStatus, 0) | {row[0]: row[1] for row in counted}
