"""Terms (期限の種類): which clock runs in which state, and whose it is."""

from enum import StrEnum
from typing import NamedTuple

from app.workflow.states import State


class Term(StrEnum):
    """Kind of deadline (期限の種類)."""

    FORM_CHECK = "form_check"
    ASSIGNMENT = "assignment"
    REVIEW = "review"
    CONFIRMATION = "confirmation"
    CORRECTION = "correction"
    ACKNOWLEDGEMENT = "acknowledgement"
    REPLY = "reply"
    SETTLEMENT = "settlement"
    VIEW = "view"
    REVISIT = "revisit"


class Holder(StrEnum):
    """Whose move it is (今の持ち主)."""

    SECRETARIAT = "secretariat"
    PROPOSER = "proposer"
    MINISTRY = "ministry"


class Clock(NamedTuple):
    """The clock that runs while a case is in a state."""

    term: Term
    holder: Holder


# Office days, the default of a new round (募集回); each round keeps its own.
DEFAULT_OFFICE_DAYS: dict[Term, int] = {
    Term.FORM_CHECK: 3,
    Term.ASSIGNMENT: 2,
    Term.REVIEW: 10,
    Term.CONFIRMATION: 3,
    Term.CORRECTION: 5,
    Term.ACKNOWLEDGEMENT: 3,
    Term.REPLY: 20,
    Term.SETTLEMENT: 5,
    Term.VIEW: 10,
}

# A pending case waits for its revisit date (見直し日), which is announced, not counted. What runs
# in a classified one is told by its hand-offs (送付): see app/handoffs/standing.py.
STATE_CLOCKS: dict[State, Clock] = {
    State.SUBMITTED: Clock(Term.FORM_CHECK, Holder.SECRETARIAT),
    State.RETURNED: Clock(Term.CORRECTION, Holder.PROPOSER),
    State.ACCEPTED: Clock(Term.ASSIGNMENT, Holder.SECRETARIAT),
    State.IN_REVIEW: Clock(Term.REVIEW, Holder.SECRETARIAT),
    State.IN_CONFIRMATION: Clock(Term.CONFIRMATION, Holder.SECRETARIAT),
    State.PENDING: Clock(Term.REVISIT, Holder.SECRETARIAT),
}
# Nothing is owed by a revisit date: it comes, and nobody is late by it (期限超過にならない).
OWING_STATES = (
    *(state for state, running in STATE_CLOCKS.items() if running.term is not Term.REVISIT),
    State.CLASSIFIED,
)
