"""What a ministry reads of one hand-off in a list (届いた案件の行)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from app.handoffs.models import Handoff, Reply
from app.handoffs.received import current_replies
from app.proposals.presentation import Due, StateBadge, due_on
from app.workflow.handoffs import HANDOFF_PART_LABELS, HandoffState, ReplyStatus
from app.workflow.labels import Tone


class DeskState(StrEnum):
    """How far a hand-off is at the desk of the ministry (府省庁から見た状態)."""

    NOT_TAKEN = "not_taken"
    TAKEN = "taken"
    AGAIN = "again"
    WRITING = "writing"
    AWAITING = "awaiting"
    ANSWERED = "answered"
    SETTLED = "settled"
    REFUSED = "refused"


DESK_STATES: dict[DeskState, StateBadge] = {
    DeskState.NOT_TAKEN: StateBadge("受領前", "soon"),
    DeskState.TAKEN: StateBadge("受領済み", Tone.PLAIN),
    DeskState.AGAIN: StateBadge("再検討", "soon"),
    DeskState.WRITING: StateBadge("回答作成中", Tone.WORK),
    DeskState.AWAITING: StateBadge("窓口の確認待ち", Tone.WAIT),
    DeskState.ANSWERED: StateBadge("回答済み", Tone.DONE),
    DeskState.SETTLED: StateBadge("完了", Tone.PLAIN),
    DeskState.REFUSED: StateBadge("所管外", Tone.PLAIN),
}
OWED = (
    DeskState.NOT_TAKEN,
    DeskState.TAKEN,
    DeskState.AGAIN,
    DeskState.WRITING,
    DeskState.AWAITING,
)
OVERDUE = StateBadge("期限超過", "late")


class InboxLine(NamedTuple):
    """One hand-off in the inbox (届いた案件の行)."""

    handoff: Handoff
    state: DeskState
    badge: StateBadge
    due: Due | None
    part: str

    @property
    def state_label(self) -> str:
        """Word for the state, said beside the badge of what is overdue."""
        return DESK_STATES[self.state].label


def lines_of(handoffs: Sequence[Handoff]) -> list[InboxLine]:
    """Put hand-offs into lines (届いた案件の行), in the order given."""
    replies = current_replies(handoffs)
    return [line_of(row, replies.get(row.id)) for row in handoffs]


def line_of(handoff: Handoff, reply: Reply | None) -> InboxLine:
    """Put one hand-off into words for its ministry (届いた案件の行)."""
    status = reply.status if reply else None
    state = desk_state(handoff.state, handoff.round_number, status)
    due = due_on(handoff.due_on) if handoff.due_on and state in OWED else None
    is_late = due is not None and due.level == "late"
    return InboxLine(
        handoff=handoff,
        state=state,
        badge=OVERDUE if is_late else DESK_STATES[state],
        due=due,
        part=HANDOFF_PART_LABELS[handoff.part],
    )


def desk_state(state: HandoffState, round_number: int, reply: ReplyStatus | None) -> DeskState:
    """How far a hand-off is at the desk of its ministry (府省庁から見た状態).

    `reply` is how far the reply of its running round is, None where none is begun.
    """
    if state is not HandoffState.ACKNOWLEDGED:
        return _OF_STATE[state]
    if reply is None:
        return DeskState.AGAIN if round_number > 1 else DeskState.TAKEN
    is_asked = reply is ReplyStatus.AWAITING_APPROVAL
    return DeskState.AWAITING if is_asked else DeskState.WRITING


_OF_STATE: dict[HandoffState, DeskState] = {
    HandoffState.SENT: DeskState.NOT_TAKEN,
    HandoffState.ANSWERED: DeskState.ANSWERED,
    HandoffState.SETTLED: DeskState.SETTLED,
    HandoffState.REFUSED: DeskState.REFUSED,
}
