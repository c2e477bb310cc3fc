"""Words about outsiders (部外者の言葉)."""

from app.accounts.models import OutsiderKind

KIND_LABELS = {
    OutsiderKind.GUEST: "視察・実習などの来訪者",
    OutsiderKind.VENDOR: "業者",
    OutsiderKind.CONTRACTOR: "委託先・再委託先",
}
OUTSIDER_WORDS = {
    "outsider.set_terms": "部外者の契約・期間・監督者を変えました",
    "outsider.refuse": "部外者の操作を断りました",
    "outsider.report": "部外者の活動報告を作りました",
}
