"""Words of the disclosure (情報公開の言葉)."""

from app.disclosure.models import DisclosureStatus, Ground, RecordKind

# 行政機関の保有する情報の公開に関する法律（平成11年法律第42号）第5条各号.
GROUND_NUMBERS: dict[Ground, str] = {
    Ground.PERSON: "5条1号",
    Ground.ANONYMIZED: "5条1号の2",
    Ground.CORPORATION: "5条2号",
    Ground.SECURITY: "5条3号",
    Ground.PUBLIC_ORDER: "5条4号",
    Ground.DELIBERATION: "5条5号",
    Ground.OPERATION: "5条6号",
}
GROUND_LABELS: dict[Ground, str] = {
    Ground.PERSON: "5条1号（個人に関する情報）",
    Ground.ANONYMIZED: "5条1号の2（行政機関等匿名加工情報など）",
    Ground.CORPORATION: "5条2号（法人等に関する情報）",
    Ground.SECURITY: "5条3号（国の安全などに関する情報）",
    Ground.PUBLIC_ORDER: "5条4号（公共の安全などに関する情報）",
    Ground.DELIBERATION: "5条5号（審議・検討・協議に関する情報）",
    Ground.OPERATION: "5条6号（事務・事業に関する情報）",
}
KIND_LABELS: dict[RecordKind, str] = {
    RecordKind.TEXT: "提案の内容",
    RecordKind.DECISION: "仕分け意見・確認",
    RecordKind.LETTER: "送った知らせ",
    RecordKind.REPLY: "府省庁の回答",
    RecordKind.VIEW: "提案団体の見解",
    RecordKind.COMMENT: "コメント",
    RecordKind.HISTORY: "経過",
    RecordKind.ATTACHMENT: "添付",
}
STATUS_LABELS: dict[DisclosureStatus, str] = {
    DisclosureStatus.OPEN: "作成中",
    DisclosureStatus.AWAITING_APPROVAL: "承認待ち",
    DisclosureStatus.APPROVED: "承認済み",
}
STATUS_TONES: dict[DisclosureStatus, str] = {
    DisclosureStatus.OPEN: "work",
    DisclosureStatus.AWAITING_APPROVAL: "wait",
    DisclosureStatus.APPROVED: "done",
}
