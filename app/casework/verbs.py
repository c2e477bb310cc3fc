"""Words for the acts in the history of a case (履歴の言葉), and who may read which."""

from enum import StrEnum

from app.casework.handoff_verbs import HANDOFF_WORDS, REPLY_WORDS
from app.casework.triage_verbs import SPLIT_VERBS, TRIAGE_VERBS

VERB_WORDS: dict[str, str] = {
    "proposal.draft": "下書きを作りました",
    "proposal.edit": "内容を直しました",
    "proposal.attach": "ファイルを添付しました",
    "proposal.replace_attachment": "添付を差し替えました",
    "proposal.remove_attachment": "添付を外しました",
    "proposal.note_difference": "似た提案との違いを書きました",
    "proposal.discard": "下書きを削除しました",
    "proposal.submit": "提出しました",
    "proposal.resend_receipt": "受付の知らせをもう一度用意しました",
    "proposal.withdraw": "取り下げました",
    "proposal.return_for_correction": "団体へ差し戻しました",
    "proposal.mark_form_check": "形式確認の項目に印を付けました",
    "proposal.take_over_check": "再提出の形式確認を引き継ぎました",
    "proposal.accept": "受理しました",
    "proposal.assign": "担当を割り当てました",
    "proposal.reassign": "担当を引き継ぎました",
    "proposal.decline_assignment": "担当を返上しました",
    "proposal.recuse": "利益相反のため担当を外れました",
    "proposal.hand_over": "団体の担当を引き継ぎました",
    "proposal.assess": "仕分け意見を登録しました",
    "proposal.reject_suggestion": "分類の候補を「当たらない」としました",
    "proposal.restore_suggestion": "候補の「当たらない」を取り消しました",
    "proposal.confirm": "仕分け意見を確認しました",
    "proposal.judge_pair": "似た提案との重複を判定しました",
    "proposal.withdraw_verdict": "似た提案との重複の判定を取り消しました",
    "proposal.dispute": "異議を付けました",
    "proposal.hold": "ペンディングにしました",
    "proposal.resume": "仕分けを再開しました",
    "proposal.reclassify": "仕分け直しにしました",
    "proposal.set_themes": "テーマを付けました",
    "proposal.close": "結果を知らせて終了しました",
    "proposal.reopen": "終了を取り消しました",
    "proposal.take_back": "直前の操作を取り消しました",
    "proposal.become_overdue": "期限を過ぎました",
    "proposal.add_watch": "見直しの条件を登録しました",
    "proposal.change_watch": "見直しの条件を変えました",
    "proposal.check_watch": "見直しの条件を確認しました",
    "proposal.note_for_study": "参考リストのメモを書きました",
    "proposal.link_candidate": "対象候補につなぎました",
    "proposal.unlink_candidate": "対象候補から外しました",
    "proposal.exempt_from_candidate": "対象候補がない理由を書きました",
    "proposal.withdraw_candidate_exemption": "対象候補がない理由を取り消しました",
    "proposal.explain_finding": "案件の点検の指摘に、このままでよいわけを書きました",
    "proposal.comment": "コメントを書きました",
    "proposal.discuss": "会議で審議しました",
    "proposal.widen_comment": "コメントを読む人を広げました",
    "proposal.retract_comment": "コメントを取り消しました",
    "proposal.merge": "ほかの提案に統合しました",
    "proposal.unmerge": "統合を取り消しました",
    "proposal.absorb": "ほかの提案を統合しました",
    "proposal.release": "統合した提案を元に戻しました",
    "proposal.split": "提案を分割しました",
    "proposal.split_off": "分割した提案として作りました",
    "proposal.unsplit": "分割を取り消しました",
    "proposal.rejoin": "分割の取消しにより、元の提案に戻しました",
    "proposal.mark_duplicate": "重複を記録しました",
    "proposal.unmark_duplicate": "重複の記録を取り消しました",
    "proposal.claim": "着手しました",
    "proposal.release_claim": "着手をやめて一覧に戻しました",
    "proposal.take_over_claim": "着手を引き継ぎました",
    "proposal.skip": "自分の一覧で後回しにしました",
    "proposal.take_back_skip": "後回しをやめました",
    "proposal.request_late": "期限後の提出を申し出ました",
    "proposal.late_accepted": "期限後の提出を受け付けると決めました",
    "proposal.late_refused": "期限後の提出を受け付けないと決めました",
    "proposal.ask_approval": "決裁を求めました",
    "proposal.approve": "決裁しました（承認）",
    "proposal.decline_approval": "決裁で差し戻しました",
    "proposal.withdraw_approval": "決裁の依頼を取り下げました",
    "proposal.ask_partner": "共同提案を依頼しました",
    "proposal.partner_accepted": "共同提案に同意しました",
    "proposal.partner_declined": "共同提案に同意しませんでした",
    "proposal.partner_withdrew": "共同提案の同意を取り消しました",
    "proposal.remove_partner": "共同提案団体から外しました",
    "proposal.endorse": "追加共同提案に加わりました",
    "proposal.change_endorsement": "追加共同提案の支障事例を変えました",
    "proposal.withdraw_endorsement": "追加共同提案を取り下げました",
    "proposal.request_amendment": "変更を申し出ました",
    "proposal.withdraw_amendment": "変更の申出を取り下げました",
    "proposal.amendment_accepted": "変更の申出を受け入れました",
    "proposal.amendment_refused": "変更の申出を受け入れませんでした",
    "proposal.amendment_lapsed": "変更の申出が決定なしで終わりました",
    "proposal.ask_deadline_extension": "期限の延長を申請しました",
    "proposal.refuse_deadline_extension": "期限の延長を認めませんでした",
    "proposal.extend_deadline": "期限を延長しました",
    "proposal.redate_deadline": "期限を数え直しました",
    "proposal.ask_correction_extension": "補正の期限の延長を申請しました",
    "proposal.refuse_correction_extension": "補正の期限の延長を認めませんでした",
    "proposal.extend_correction": "補正の期限を延長しました",
    "proposal.redate_correction": "補正の期限を数え直しました",
    "proposal.agree_publication": "公表の同意を登録しました",
    "proposal.prepare_publication": "公表の写しを作りました",
    "proposal.discard_publication": "公表の写しを取りやめました",
    "proposal.publish": "公表を決めました",
    "proposal.withdraw_publication": "公表を取りやめました",
    "proposal.gather_disclosure": "情報公開の対象文書をそろえました",
    "proposal.place_erasure_hold": "個人情報の廃棄を保留しました",
    "proposal.lift_erasure_hold": "個人情報の廃棄の保留を解きました",
    "proposal.erase_personal_data": "連絡先などの個人情報を廃棄しました",
    **HANDOFF_WORDS,
    **REPLY_WORDS,
}

ATTACHMENT_VERBS = (
    "proposal.attach",
    "proposal.replace_attachment",
    "proposal.remove_attachment",
)
# Acts of the body that stay inside it (決裁): nobody else reads them.
SIGN_OFF_VERBS = frozenset(
    {
        "proposal.ask_approval",
        "proposal.approve",
        "proposal.decline_approval",
        "proposal.withdraw_approval",
        "proposal.save_view",
    }
)
# Acts of bodies with one another and towards the office, read with the names of those who acted.
SHARING_VERBS = frozenset(
    {
        "proposal.ask_partner",
        "proposal.partner_accepted",
        "proposal.partner_declined",
        "proposal.partner_withdrew",
        "proposal.remove_partner",
        "proposal.endorse",
        "proposal.change_endorsement",
        "proposal.withdraw_endorsement",
        "proposal.request_amendment",
        "proposal.withdraw_amendment",
    }
)
AMENDMENT_ENDS = frozenset(
    {
        "proposal.amendment_accepted",
        "proposal.amendment_refused",
        "proposal.amendment_lapsed",
    }
)
# What became of the date the body itself has to keep (補正の期限); of inner dates it reads nothing.
CORRECTION_DATE_VERBS = frozenset(
    {
        "proposal.ask_correction_extension",
        "proposal.refuse_correction_extension",
        "proposal.extend_correction",
        "proposal.redate_correction",
    }
)
# What a partner reads of the case (共同提案団体): its course, no names of people, no reasons.
PARTNER_VERBS = frozenset(
    {
        "proposal.submit",
        "proposal.withdraw",
        "proposal.return_for_correction",
        "proposal.accept",
        "proposal.close",
        "proposal.amendment_accepted",
        "proposal.release_replies",
        "proposal.file_view",
    }
)
# What the body sees of its own case: its own acts, and what the secretariat said to it.
BODY_VERBS = frozenset(
    {
        "proposal.draft",
        "proposal.edit",
        "proposal.note_difference",
        *ATTACHMENT_VERBS,
        "proposal.hand_over",
        "proposal.submit",
        "proposal.withdraw",
        "proposal.return_for_correction",
        "proposal.accept",
        "proposal.close",
        *REPLY_WORDS,
        "proposal.request_late",
        "proposal.late_accepted",
        "proposal.late_refused",
        *SIGN_OFF_VERBS,
        *SHARING_VERBS,
        *AMENDMENT_ENDS,
        *SPLIT_VERBS,
        *CORRECTION_DATE_VERBS,
        "proposal.agree_publication",
    }
)
OWN_VERBS = frozenset(
    {
        "proposal.draft",
        "proposal.edit",
        "proposal.note_difference",
        *ATTACHMENT_VERBS,
        "proposal.hand_over",
        "proposal.submit",
        "proposal.withdraw",
        "proposal.request_late",
        "proposal.save_view",
        "proposal.file_view",
        "proposal.ask_correction_extension",
        "proposal.agree_publication",
        *SIGN_OFF_VERBS,
        *SHARING_VERBS,
    }
)
# Reasons written for the body to read; all others stay with the secretariat.
REASONS_FOR_BODY = OWN_VERBS | {
    "proposal.return_for_correction",
    "proposal.late_accepted",
    "proposal.late_refused",
    *AMENDMENT_ENDS,
    *CORRECTION_DATE_VERBS,
}


class HistoryKind(StrEnum):
    """What an entry is about, for the filter of the timeline (履歴の種類)."""

    TEXT = "text"
    SUBMISSION = "submission"
    TRIAGE = "triage"
    HANDOFF = "handoff"
    OUTCOME = "outcome"


KIND_LABELS: dict[HistoryKind, str] = {
    HistoryKind.TEXT: "内容の入力",
    HistoryKind.SUBMISSION: "提出・補正・取下げ",
    HistoryKind.TRIAGE: "受理・仕分け",
    HistoryKind.HANDOFF: "送付・回答",
    HistoryKind.OUTCOME: "結果",
}
_TEXT_VERBS = (
    "proposal.draft",
    "proposal.edit",
    "proposal.note_difference",
    *ATTACHMENT_VERBS,
)
_PUBLICATION_VERBS = (
    "proposal.agree_publication",
    "proposal.prepare_publication",
    "proposal.discard_publication",
    "proposal.publish",
    "proposal.withdraw_publication",
    "proposal.gather_disclosure",
)
KIND_OF_VERB: dict[str, HistoryKind] = {
    **dict.fromkeys(VERB_WORDS, HistoryKind.SUBMISSION),
    **dict.fromkeys(_TEXT_VERBS, HistoryKind.TEXT),
    **dict.fromkeys(TRIAGE_VERBS, HistoryKind.TRIAGE),
    **dict.fromkeys((*HANDOFF_WORDS, *REPLY_WORDS), HistoryKind.HANDOFF),
    **dict.fromkeys(("proposal.close", "proposal.reopen"), HistoryKind.OUTCOME),
    **dict.fromkeys(_PUBLICATION_VERBS, HistoryKind.OUTCOME),
}
