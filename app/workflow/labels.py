"""Japanese words for states, actions and terms (表示名). One term, one word, on every screen."""

from enum import StrEnum

from app.workflow.states import Action, FollowUp, State
from app.workflow.terms import Term

STATE_LABELS: dict[State, str] = {
    State.DRAFT: "下書き",
    State.SUBMITTED: "形式確認待ち",
    State.RETURNED: "差戻し中",
    State.ACCEPTED: "割当待ち",
    State.IN_REVIEW: "仕分け中",
    State.IN_CONFIRMATION: "確認待ち",
    State.PENDING: "ペンディング",
    State.CLASSIFIED: "分類確定",
    State.CLOSED: "終了",
    State.WITHDRAWN: "取下げ",
    State.MERGED: "統合済み",
}

# What the proposing body sees: the desk of the secretariat is one word to it (審査中).
PROPOSER_STATE_LABELS: dict[State, str] = {
    **dict.fromkeys(State, "審査中"),
    State.DRAFT: "下書き",
    State.SUBMITTED: "提出済み",
    State.RETURNED: "差戻し（要対応）",
    State.CLOSED: "結果通知済み",
    State.WITHDRAWN: "取下げ",
}


class Tone(StrEnum):
    """Look of a state badge (バッジの調子)."""

    WORK = "work"
    WAIT = "wait"
    DONE = "done"
    PLAIN = "plain"


STATE_TONES: dict[State, Tone] = {
    State.DRAFT: Tone.PLAIN,
    State.SUBMITTED: Tone.WORK,
    State.RETURNED: Tone.WAIT,
    State.ACCEPTED: Tone.WORK,
    State.IN_REVIEW: Tone.WORK,
    State.IN_CONFIRMATION: Tone.WORK,
    State.PENDING: Tone.WAIT,
    State.CLASSIFIED: Tone.DONE,
    State.CLOSED: Tone.DONE,
    State.WITHDRAWN: Tone.PLAIN,
    State.MERGED: Tone.PLAIN,
}

ACTION_LABELS: dict[Action, str] = {
    Action.SUBMIT: "提出する",
    Action.WITHDRAW: "取り下げる",
    Action.RETURN_FOR_CORRECTION: "団体へ差し戻す",
    Action.ACCEPT: "受理する",
    Action.ASSIGN: "担当を割り当てる",
    Action.ASSESS: "仕分け意見を登録する",
    Action.CONFIRM: "仕分け意見を確認する",
    Action.DISPUTE: "異議を付ける",
    Action.HOLD: "ペンディングにする",
    Action.RESUME: "仕分けを再開する",
    Action.RECLASSIFY: "仕分け直す",
    Action.CLOSE: "結果を知らせて終了する",
    Action.REOPEN: "終了を取り消す",
}

FOLLOW_UP_LABELS: dict[FollowUp, str] = {
    FollowUp.INFORM: "情報提供",
    FollowUp.OTHER_PROCESS: "別の手続で対応",
    FollowUp.HANDOFF: "府省庁へ送付",
    FollowUp.TRIGGER: "新たな課題・技術が生じたとき見直す",
    FollowUp.REVISIT: "見直し日に判断する",
    FollowUp.CANDIDATE: "共通化の対象候補",
    FollowUp.REFERENCE: "今後の検討の参考",
}

TERM_LABELS: dict[Term, str] = {
    Term.FORM_CHECK: "形式確認",
    Term.ASSIGNMENT: "担当割当",
    Term.REVIEW: "仕分け",
    Term.CONFIRMATION: "確認",
    Term.CORRECTION: "団体の補正",
    Term.ACKNOWLEDGEMENT: "府省庁の受領",
    Term.REPLY: "府省庁の回答",
    Term.SETTLEMENT: "回答の確認",
    Term.VIEW: "団体の見解",
    Term.REVISIT: "見直し",
}


def state_label(name: str) -> str:
    """Japanese name of a machine state; `classified_f5` is 「分類確定」."""
    plain = State.CLASSIFIED if name.startswith(f"{State.CLASSIFIED.value}_") else State(name)
    return STATE_LABELS[plain]
