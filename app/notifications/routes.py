"""Page of the outbox (送信箱の画面)."""

from flask import Blueprint, render_template

from app.accounts.models import Role
from app.core.access import roles
from app.extensions import db
from app.notifications.models import DeliveryStatus
from app.notifications.queries import count_by_status, latest_messages

blueprint = Blueprint("notifications", __name__)

SHOWN = 100
STATUS_LABELS = {
    DeliveryStatus.HELD: "送信前に保留",
    DeliveryStatus.QUEUED: "送信待ち",
    DeliveryStatus.SENDING: "送信中",
    DeliveryStatus.SENT: "送信済み",
    DeliveryStatus.BOUNCED: "不達",
    DeliveryStatus.PARKED: "送信できず保留",
    DeliveryStatus.WITHHELD: "送信対象外",
    DeliveryStatus.CANCELLED: "取りやめ",
    DeliveryStatus.DROPPED: "用済みのため送信せず",
}


@blueprint.get("/outbox")
@roles(Role.ADMIN)
def outbox() -> str:
    """Queued and sent mail (送信箱)."""
    return render_template(
        "notifications/outbox.html",
        messages=list(db.session.scalars(latest_messages(SHOWN))),
        counts=count_by_status(),
        labels=STATUS_LABELS,
        shown=SHOWN,
    )
