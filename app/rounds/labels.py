"""Words for the forms of rounds (様式の用語)."""

from app.rounds.models import FieldAudience, FieldKind

FIELD_KIND_LABELS: dict[FieldKind, str] = {
    FieldKind.TEXT: "短い文",
    FieldKind.LONG_TEXT: "長い文",
    FieldKind.EMAIL: "メールアドレス",
    FieldKind.MINISTRY: "府省庁",
    FieldKind.VIEWPOINTS: "視点",
    FieldKind.YES_NO: "はい・いいえ",
    FieldKind.CHOICE: "一覧から選ぶ",
}
FIELD_AUDIENCE_LABELS: dict[FieldAudience, str] = {
    FieldAudience.BODY_AND_SECRETARIAT: "提案団体と事務局だけ",
    FieldAudience.SHARED: "ほかの団体も",
}
FIELD_AUDIENCE_HINTS: dict[FieldAudience, str] = {
    FieldAudience.BODY_AND_SECRETARIAT: "連絡先のように、外に示さないもの。",
    FieldAudience.SHARED: "追加共同提案の照会などで提案を示すときに、ほかの団体も読みます。",
}
# Kinds an added field can have; the others belong to columns that every form has.
ADDED_KINDS = (
    FieldKind.TEXT,
    FieldKind.LONG_TEXT,
    FieldKind.EMAIL,
    FieldKind.YES_NO,
    FieldKind.CHOICE,
)
TEXT_KINDS = (FieldKind.TEXT, FieldKind.LONG_TEXT)
# Kinds whose answer can decide whether another field is asked.
DECIDING_KINDS = (FieldKind.YES_NO, FieldKind.CHOICE)
