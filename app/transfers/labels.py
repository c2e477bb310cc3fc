"""Words for hand-overs (授受の表示名)."""

from collections.abc import Mapping

from app.transfers.models import TransferKind

KIND_LABELS: Mapping[TransferKind, str] = {
    TransferKind.RETURN: "補正の依頼",
    TransferKind.RELEASE: "回答の公開",
    TransferKind.REPLY: "府省庁の回答",
}
SHOW_LABELS: Mapping[str, str] = {
    "waiting": "受領待ち",
    "overdue": "期限超過",
    "escalated": "総括に報告済み",
    "confirmed": "受領済み",
}
SECRETARIAT = "事務局"
WORDS: Mapping[str, str] = {
    "transfer.open": "受領の確認を求めました",
    "transfer.confirm": "受領しました",
    "transfer.remind": "受領の期限が過ぎたことを知らせました",
    "transfer.escalate": "受領されていないことを総括に報告しました",
    "transfer.cancel": "取り下げたため、受領は要らなくなりました",
}
