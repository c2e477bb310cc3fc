"""Words for what was opened (閲覧した画面)."""

from app.audit.reading import AS_WHOM

PARTS = {
    "casework.show": "内容・連絡先",
    "casework.triage_record": "仕分け",
    "casework.deadlines": "期限",
    "casework.consultation": "事前相談",
    "casework.revisions": "変更点",
    "casework.correction_letter": "補正の依頼文",
    "casework.history": "履歴",
    "casework.sheet": "提案の写し（印刷）",
    "case_handoffs.show": "送付・回答",
    "comments.show": "コメント",
    "handoffs.desk": "府省庁の案件の画面",
    "triage.form_check": "形式の確認",
    "triage.assess": "仕分け意見",
    "triage.confirm": "仕分け意見の確認",
    "proposals.edit_draft": "下書きの編集",
    "proposals.edit_returned": "補正の編集",
    "readings.index": "閲覧の記録",
    "audit.index": "監査証跡",
}


def words_of_part(part: str) -> str:
    """What was opened, in words (画面); its name in the program for one without words."""
    endpoint = part.partition(AS_WHOM)[0]
    return PARTS.get(endpoint, endpoint)


def viewed_in(part: str) -> int | None:
    """Id of the person as whom it was opened (代理閲覧の相手), None as a rule."""
    target_id = part.partition(AS_WHOM)[2]
    return int(target_id) if target_id else None
