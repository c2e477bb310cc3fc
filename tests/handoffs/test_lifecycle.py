"""The life of a hand-off (送付の状態遷移): every state with every act, by purpose."""

from itertools import product

import pytest

from app.core.errors import IllegalTransition
from app.workflow.handoffs import (
    HandoffAction,
    HandoffPurpose,
    HandoffState,
    handoff_actions_from,
    next_handoff_state,
)

A, S = HandoffAction, HandoffState
REQUEST = {
    (S.PREPARED, A.SEND): S.SENT,
    (S.PREPARED, A.RECALL): S.RECALLED,
    (S.SENT, A.RECALL): S.RECALLED,
    (S.SENT, A.ACKNOWLEDGE): S.ACKNOWLEDGED,
    (S.SENT, A.REFUSE): S.REFUSED,
    (S.ACKNOWLEDGED, A.RECALL): S.RECALLED,
    (S.ACKNOWLEDGED, A.REFUSE): S.REFUSED,
    (S.ACKNOWLEDGED, A.ANSWER): S.ANSWERED,
    (S.ANSWERED, A.REEXAMINE): S.ACKNOWLEDGED,
    (S.ANSWERED, A.SETTLE): S.SETTLED,
}
INFORMATION = {
    (S.PREPARED, A.SEND): S.SENT,
    (S.PREPARED, A.RECALL): S.RECALLED,
    (S.SENT, A.RECALL): S.RECALLED,
    (S.ACKNOWLEDGED, A.RECALL): S.RECALLED,
    (S.SENT, A.ACKNOWLEDGE): S.SETTLED,
    (S.SENT, A.REFUSE): S.REFUSED,
}
ARROWS = {HandoffPurpose.REQUEST: REQUEST, HandoffPurpose.INFORMATION: INFORMATION}


@pytest.mark.parametrize("purpose", list(HandoffPurpose))
@pytest.mark.parametrize(("state", "action"), list(product(HandoffState, HandoffAction)))
def test_each_act_leads_where_the_table_says(
    purpose: HandoffPurpose, state: HandoffState, action: HandoffAction
) -> None:
    expected = ARROWS[purpose].get((state, action))

    if expected is None:
        with pytest.raises(IllegalTransition):
            next_handoff_state(state, action, purpose)
    else:
        assert next_handoff_state(state, action, purpose) is expected
    assert (action in handoff_actions_from(state, purpose)) is (expected is not None)
