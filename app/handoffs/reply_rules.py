"""When a reply is complete (回答に書くこと): what each kind has to say."""

from datetime import date

from app.core import clock
from app.core.errors import InvalidInput
from app.core.text import count_characters, is_blank
from app.handoffs.models import Reply
from app.workflow.handoffs import ReplyKind

TEXT_LIMIT = 1000  # characters as a person counts
# What to write, kind by kind; shown beside each choice.
HINTS: dict[ReplyKind, str] = {
    ReplyKind.WILL_ACT: "いつまでに何をするかを書きます",
    ReplyKind.DONE: "済んだ時期と根拠を書きます",
    ReplyKind.EXISTING_SYSTEM: "使うシステムの名前を書きます",
    ReplyKind.WILL_CONSIDER: "結論を出す時期を書きます",
    ReplyKind.DIFFICULT: "理由を書きます",
}
_TEXT_MISSING: dict[ReplyKind, str] = {
    ReplyKind.WILL_ACT: "何をするかを、回答の本文に書いてください",
    ReplyKind.DONE: "済んだ時期と根拠を、回答の本文に書いてください",
    ReplyKind.EXISTING_SYSTEM: "使うシステムの名前を、回答の本文に書いてください",
    ReplyKind.WILL_CONSIDER: "何をどう検討するかを、回答の本文に書いてください",
    ReplyKind.DIFFICULT: "対応が困難な理由を、回答の本文に書いてください",
}
_DAY_MISSING: dict[ReplyKind, str] = {
    ReplyKind.WILL_ACT: "いつまでに対応するか、予定日を入力してください",
    ReplyKind.WILL_CONSIDER: "結論を出す予定日を入力してください",
}
DAY_IS_OVER = "予定日は、今日以降の日を入力してください"


def problems_of_reply(
    kind: ReplyKind | None, text: str, planned_on: date | None
) -> dict[str, list[str]]:
    """What is missing before a reply can go out (回答の不備), by field, as of today."""
    errors: dict[str, list[str]] = {}
    if kind is None:
        errors["kind"] = ["回答の種別を選んでください"]
    over = count_characters(text) - TEXT_LIMIT
    if is_blank(text):
        errors["text"] = [_TEXT_MISSING[kind] if kind else "回答の本文を入力してください"]
    elif over > 0:
        errors["text"] = [
            f"回答の本文は{TEXT_LIMIT:,}文字以内で入力してください（{over:,}文字超えています）"
        ]
    if kind in _DAY_MISSING:
        if planned_on is None:
            errors["planned_on"] = [_DAY_MISSING[kind]]
        elif planned_on < clock.today():
            errors["planned_on"] = [DAY_IS_OVER]
    return errors


def check_complete(reply: Reply) -> None:
    """Refuse a reply that lacks what its kind has to say (回答の不備). Raises InvalidInput."""
    errors = problems_of_reply(reply.kind, reply.text, reply.planned_on)
    if errors:
        raise InvalidInput(errors)
