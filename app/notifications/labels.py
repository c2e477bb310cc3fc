"""Words for the outbox on the screens (送信箱の言葉)."""

from app.notifications.models import AttemptResult, DeliveryStatus

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
STATUS_TONES = {
    DeliveryStatus.HELD: "soon",
    DeliveryStatus.QUEUED: "wait",
    DeliveryStatus.SENDING: "wait",
    DeliveryStatus.SENT: "done",
    DeliveryStatus.BOUNCED: "late",
    DeliveryStatus.PARKED: "late",
    DeliveryStatus.WITHHELD: "plain",
    DeliveryStatus.CANCELLED: "plain",
    DeliveryStatus.DROPPED: "plain",
}
RESULT_LABELS = {
    AttemptResult.SENT: "メールサーバーが受け取りました",
    AttemptResult.REFUSED: "後で送り直すように言われました",
    AttemptResult.BROKEN: "途中で切れました（同じメールをもう一度送ります）",
    AttemptResult.BOUNCED: "宛先に届きませんでした",
    AttemptResult.PARKED: "受け取ってもらえませんでした",
}
