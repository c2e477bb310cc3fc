"""What the moves of a case make of it (案件の経過): its stays, and when it was classified."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from app.reports.flow.queries import Move
from app.workflow.states import State

# The states in which the class is still open, in the order of the work.
OPEN_STATES = (
    State.SUBMITTED,
    State.RETURNED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.IN_CONFIRMATION,
    State.PENDING,
)
SETTLED_STATES = (State.CLASSIFIED, State.CLOSED)
# Every state in which a case counts: the bands of the cumulative flow (累積フロー).
COUNTED_STATES = (*OPEN_STATES, *SETTLED_STATES)
TAKE_BACK = "proposal.take_back"


@dataclass(slots=True)
class Stay:
    """Days of a case in one state (滞在): from `since` to `until`, None where it stands there."""

    state: State
    since: date
    until: date | None = None


@dataclass(slots=True)
class History:
    """The life of one case as of a day (案件の経過).

    `classified_on` are the days on which its class was fixed, `resumed_on` those on which it went
    back to work from there (仕分け直し). What was taken back (操作の取消し) is in neither: there it
    is as if the act had not been. The stays are as they were, mistaken ones too.
    """

    case_id: int
    category: str | None = None
    stays: list[Stay] = field(default_factory=list)
    classified_on: list[date] = field(default_factory=list)
    resumed_on: list[date] = field(default_factory=list)

    @property
    def state(self) -> State:
        """Where it stands (状態)."""
        return self.stays[-1].state

    @property
    def submitted_on(self) -> date:
        """The day it came in (提出日); of a part, the day it was split off (分割)."""
        return self.stays[0].since

    @property
    def settled_on(self) -> date | None:
        """The day its class was fixed for good so far (分類確定の日); None while it is open."""
        if self.state not in SETTLED_STATES:
            return None
        return self.classified_on[-1] if self.classified_on else None

    @property
    def closed_on(self) -> date | None:
        """The day it was closed (終了の日); None where it is not."""
        return self.stays[-1].since if self.state is State.CLOSED else None

    def take(self, move: Move) -> None:
        """Go on to where the move led (状態の動き)."""
        before = self.stays[-1].state if self.stays else None
        if move.state is not before:
            if self.stays:
                self.stays[-1].until = move.day
            self.stays.append(Stay(move.state, move.day))
        # A closed case keeps the category it was closed in (終了).
        if move.state is not State.CLOSED:
            self.category = move.category
        self._mark(before, move)

    def _mark(self, before: State | None, move: Move) -> None:
        was_open, was_settled = before in OPEN_STATES, before in SETTLED_STATES
        is_undone = move.verb == TAKE_BACK
        if was_open and move.state in SETTLED_STATES:
            if not is_undone:
                self.classified_on.append(move.day)
            elif self.resumed_on:
                self.resumed_on.pop()
        elif was_settled and move.state in OPEN_STATES:
            if not is_undone:
                self.resumed_on.append(move.day)
            elif self.classified_on:
                self.classified_on.pop()


def histories(moves: Iterable[Move]) -> list[History]:
    """Fold the trail into one history a case (案件の経過), in the order they came in."""
    found: dict[int, History] = {}
    for move in moves:
        if move.state is State.DRAFT:
            continue
        history = found.get(move.case_id)
        if history is None:
            history = found[move.case_id] = History(move.case_id)
        history.take(move)
    return list(found.values())
