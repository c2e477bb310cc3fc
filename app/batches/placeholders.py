"""What a text leaves to be filled in for each hand-off (差込み), and the values."""

from collections.abc import Mapping
from enum import StrEnum

from app.batches.models import TextKind
from app.core.placeholders import placeholder_problems, placeholders_in
from app.core.text import is_blank


class Placeholder(StrEnum):
    """Words in braces that are replaced in each text (差込みの語)."""

    RECEIPT_NUMBER = "受付番号"
    TITLE = "提案概要"
    BODY = "提案団体"
    CLASS = "分類"
    POLICY = "対応方針"
    EVIDENCE = "根拠"
    MINISTRY = "府省庁"
    PART = "立場"
    ROUND = "募集回"
    DUE = "回答期限"
    COUNT = "件数"


MEANINGS: dict[Placeholder, str] = {
    Placeholder.RECEIPT_NUMBER: "提案の受付番号",
    Placeholder.TITLE: "提案概要（提案の件名）",
    Placeholder.BODY: "提案団体の名称",
    Placeholder.CLASS: "分類の符号と名称",
    Placeholder.POLICY: "分類の対応方針",
    Placeholder.EVIDENCE: "確定した意見が引用した台帳の行。引用のない提案は送付できなくなります",
    Placeholder.MINISTRY: "宛先の名称",
    Placeholder.PART: "主管・関係の別",
    Placeholder.ROUND: "募集回の名称",
    Placeholder.DUE: "回答の期限。日付の指定がなければ、受領の日からの開庁日数",
    Placeholder.COUNT: "この宛先に送付する件数",
}
_OF_CASE = (
    Placeholder.RECEIPT_NUMBER,
    Placeholder.TITLE,
    Placeholder.BODY,
    Placeholder.CLASS,
    Placeholder.POLICY,
    Placeholder.EVIDENCE,
    Placeholder.MINISTRY,
    Placeholder.PART,
    Placeholder.ROUND,
)
# Who is only informed owes no reply: there is no date to fill in.
USABLE: dict[TextKind, tuple[Placeholder, ...]] = {
    TextKind.REQUEST: (*_OF_CASE, Placeholder.DUE),
    TextKind.INFORMATION: _OF_CASE,
    TextKind.COVER_LETTER: (
        Placeholder.ROUND,
        Placeholder.MINISTRY,
        Placeholder.COUNT,
        Placeholder.DUE,
    ),
}

Values = Mapping[str, str]


def text_problems(text: str, kind: TextKind, *, where: str = "本文") -> list[str]:
    """Placeholders that nobody knows, and braces that are none (差込みの誤り)."""

    def judge(name: str, place: str) -> str:
        if name in USABLE[kind]:
            return ""
        known = "、".join(f"{{{word}}}" for word in USABLE[kind])
        return f"{place}の「{{{name}}}」は使えない差込みです。使えるのは{known}です"

    return placeholder_problems(text, judge, where=where)


def unresolved(text: str, values: Values) -> list[str]:
    """Placeholders of a text that have no value here (埋まらない差込み)."""
    return [name for name in placeholders_in(text) if is_blank(values.get(name, ""))]
