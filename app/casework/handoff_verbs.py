"""Words for the acts on hand-offs in the history of a case (送付・回答の履歴の言葉)."""

HANDOFF_WORDS: dict[str, str] = {
    "handoff.prepare": "府省庁への送付を準備しました",
    "handoff.change_prepared": "送付前の依頼文や資料を直しました",
    "handoff.send": "府省庁へ送付しました",
    "handoff.recall": "送付を取り下げました",
    "handoff.acknowledge": "府省庁が受領しました",
    "handoff.refuse": "府省庁が所管外として返しました",
    "handoff.answer": "府省庁が回答を送りました",
    "handoff.reexamine": "回答の再検討を要請しました",
    "handoff.settle": "回答を確定しました",
    "handoff.become_overdue": "送付の期限を過ぎました",
    "handoff.redate": "送付の期限を変えました",
    "handoff.change_lead": "主管を変えました",
    "handoff.keep": "仕分け直しの間も送付を残すと決めました",
    "handoff.explain_difference": "前回と違う回答になった理由を書きました",
    "handoff.assign": "府省庁の中の担当を決めました",
    "handoff.draft_reply": "回答の下書きを保存しました",
    "handoff.remove_reply_file": "回答の下書きから添付を外しました",
    "handoff.ask_reply_approval": "回答の確認を窓口に求めました",
    "handoff.take_back_reply": "回答の確認の依頼を取り戻しました",
    "handoff.return_reply": "回答の下書きを担当に戻しました",
}
# What the body learns of replies, and says to them (公開・見解).
REPLY_WORDS: dict[str, str] = {
    "proposal.release_replies": "府省庁の回答を団体に公開しました",
    "proposal.save_view": "回答への見解を保存しました",
    "proposal.file_view": "回答への見解を提出しました",
    "proposal.lapse_view": "見解を待たずに進めました",
}
# What goes on inside a ministry before it answers (省内の作業): nobody outside it reads that.
MINISTRY_INNER_VERBS = frozenset(
    {
        "handoff.assign",
        "handoff.draft_reply",
        "handoff.remove_reply_file",
        "handoff.ask_reply_approval",
        "handoff.take_back_reply",
        "handoff.return_reply",
    }
)
