"""Words for the letters to many (一斉連絡の表示名)."""

from collections.abc import Mapping

from app.mailings.models import Audience, MailingStage, Seat

RELEASED = "送信を承認しました。10分後に送り始めます。それまでは取りやめられます。"
STAGE_LABELS: Mapping[MailingStage, str] = {
    MailingStage.DRAFT: "下書き",
    MailingStage.CONFIRMED: "送信の承認待ち",
    MailingStage.RELEASED: "承認済み",
    MailingStage.CANCELLED: "取りやめ",
}
STAGE_TONES: Mapping[MailingStage, str] = {
    MailingStage.DRAFT: "plain",
    MailingStage.CONFIRMED: "work",
    MailingStage.RELEASED: "done",
    MailingStage.CANCELLED: "plain",
}
AUDIENCE_LABELS: Mapping[Audience, str] = {
    Audience.SUBMITTED: "提案を提出した団体",
    Audience.RETURNED: "差戻し中の提案がある団体",
    Audience.IN_TRIAGE: "審査中の提案がある団体",
    Audience.CLOSED: "結果を通知した提案がある団体",
    Audience.WITHOUT_PROPOSAL: "提案を提出していない団体（利用者がいる団体）",
    Audience.ALL_BODIES: "利用者がいるすべての団体",
    Audience.MINISTRIES: "利用者がいるすべての府省庁",
}
SEAT_LABELS: Mapping[Seat, str] = {
    Seat.STAFF: "担当者（府省庁は担当）",
    Seat.MANAGER: "管理者（府省庁は窓口）",
}
