"""The life of a hand-off and of a reply (送付・回答の状態遷移): their own small tables.

As with cases, the tables say *when* an act is possible; who may do it is said by the policy.
"""

from enum import StrEnum
from typing import NamedTuple

from app.core.errors import IllegalTransition
from app.workflow.terms import Term


class HandoffState(StrEnum):
    """State of a hand-off (送付の状態). Overdue is derived from dates, never a state."""

    PREPARED = "prepared"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    SETTLED = "settled"
    REFUSED = "refused"
    RECALLED = "recalled"


class HandoffAction(StrEnum):
    """Act that moves a hand-off along one arrow (送付の操作)."""

    SEND = "send"
    RECALL = "recall"
    ACKNOWLEDGE = "acknowledge"
    REFUSE = "refuse"
    ANSWER = "answer"
    REEXAMINE = "reexamine"
    SETTLE = "settle"


class HandoffPart(StrEnum):
    """Part a destination has in a case (主管・関係)."""

    LEAD = "lead"
    RELATED = "related"


class HandoffPurpose(StrEnum):
    """What a destination is asked for (送付の目的): a reply, or only to take note (情報提供)."""

    REQUEST = "request"
    INFORMATION = "information"


class ReplyKind(StrEnum):
    """Kind of a reply (回答の種別)."""

    WILL_ACT = "will_act"
    DONE = "done"
    EXISTING_SYSTEM = "existing_system"
    WILL_CONSIDER = "will_consider"
    DIFFICULT = "difficult"


class ReplyStatus(StrEnum):
    """How far a reply is inside the ministry (回答の作成状況); a sent one is locked."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    SENT = "sent"


class HandoffRow(NamedTuple):
    """One arrow of a hand-off, or several that differ in their source only."""

    action: HandoffAction
    sources: tuple[HandoffState, ...]
    target: HandoffState


_A, _S = HandoffAction, HandoffState
# What a destination only takes note of (情報提供) is settled as soon as it is acknowledged.
HANDOFF_TABLE = (
    HandoffRow(_A.SEND, (_S.PREPARED,), _S.SENT),
    HandoffRow(_A.RECALL, (_S.PREPARED, _S.SENT, _S.ACKNOWLEDGED), _S.RECALLED),
    HandoffRow(_A.ACKNOWLEDGE, (_S.SENT,), _S.ACKNOWLEDGED),
    HandoffRow(_A.REFUSE, (_S.SENT, _S.ACKNOWLEDGED), _S.REFUSED),
    HandoffRow(_A.ANSWER, (_S.ACKNOWLEDGED,), _S.ANSWERED),
    HandoffRow(_A.REEXAMINE, (_S.ANSWERED,), _S.ACKNOWLEDGED),
    HandoffRow(_A.SETTLE, (_S.ANSWERED,), _S.SETTLED),
)
INFORMATION_TABLE = (
    *HANDOFF_TABLE[:2],
    HandoffRow(_A.ACKNOWLEDGE, (_S.SENT,), _S.SETTLED),
    HandoffRow(_A.REFUSE, (_S.SENT,), _S.REFUSED),
)
# Not over yet (未了): such a hand-off keeps its case from being closed.
OPEN_HANDOFF_STATES = (_S.PREPARED, _S.SENT, _S.ACKNOWLEDGED, _S.ANSWERED)
# The destination has to move (府省庁の番): it owes that it takes it, or its reply.
OWED_HANDOFF_STATES = (_S.SENT, _S.ACKNOWLEDGED)
# The destination knows of it (送付済み): from being sent on, also after its end.
TOLD_HANDOFF_STATES = (_S.SENT, _S.ACKNOWLEDGED, _S.ANSWERED, _S.SETTLED, _S.REFUSED)
# The term that runs in a state (送付の期限); what is only prepared waits for nobody.
TERMS_OF_HANDOFFS: dict[HandoffState, Term] = {
    _S.SENT: Term.ACKNOWLEDGEMENT,
    _S.ACKNOWLEDGED: Term.REPLY,
    _S.ANSWERED: Term.SETTLEMENT,
}

HANDOFF_STATE_LABELS: dict[HandoffState, str] = {
    _S.PREPARED: "送付前",
    _S.SENT: "受領待ち",
    _S.ACKNOWLEDGED: "回答待ち",
    _S.ANSWERED: "回答あり",
    _S.SETTLED: "完了",
    _S.REFUSED: "所管外",
    _S.RECALLED: "取下げ",
}
HANDOFF_ACTION_LABELS: dict[HandoffAction, str] = {
    _A.SEND: "送付する",
    _A.RECALL: "送付を取り下げる",
    _A.ACKNOWLEDGE: "受領する",
    _A.REFUSE: "所管外として返す",
    _A.ANSWER: "回答を送る",
    _A.REEXAMINE: "再検討を要請する",
    _A.SETTLE: "回答を確定する",
}
HANDOFF_PART_LABELS: dict[HandoffPart, str] = {
    HandoffPart.LEAD: "主管",
    HandoffPart.RELATED: "関係",
}
HANDOFF_PURPOSE_LABELS: dict[HandoffPurpose, str] = {
    HandoffPurpose.REQUEST: "検討要請",
    HandoffPurpose.INFORMATION: "情報提供",
}
REPLY_KIND_LABELS: dict[ReplyKind, str] = {
    ReplyKind.WILL_ACT: "対応する",
    ReplyKind.DONE: "対応済み",
    ReplyKind.EXISTING_SYSTEM: "既存システムで対応",
    ReplyKind.WILL_CONSIDER: "検討する",
    ReplyKind.DIFFICULT: "対応困難",
}


def next_handoff_state(
    current: HandoffState, action: HandoffAction, purpose: HandoffPurpose
) -> HandoffState:
    """State of a hand-off after an act (送付の状態遷移). Raises IllegalTransition, in words."""
    for row in _table_of(purpose):
        if row.action is action and current in row.sources:
            return row.target
    raise IllegalTransition(
        f"「{HANDOFF_STATE_LABELS[current]}」の送付に「{HANDOFF_ACTION_LABELS[action]}」は"
        "できません。画面を開き直して、今の状態を確かめてください。"
    )


def handoff_actions_from(
    current: HandoffState, purpose: HandoffPurpose
) -> tuple[HandoffAction, ...]:
    """Acts that have an arrow out of the state (可能な操作), in the order of `HandoffAction`."""
    possible = {row.action for row in _table_of(purpose) if current in row.sources}
    return tuple(action for action in HandoffAction if action in possible)


def _table_of(purpose: HandoffPurpose) -> tuple[HandoffRow, ...]:
    return HANDOFF_TABLE if purpose is HandoffPurpose.REQUEST else INFORMATION_TABLE
