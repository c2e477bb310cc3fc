"""Terms (期限): the default lengths and the clock of each state, as domain rules write them."""

from app.workflow.states import State
from app.workflow.terms import DEFAULT_OFFICE_DAYS, STATE_CLOCKS


def test_default_terms_are_those_of_the_rules() -> None:
    assert DEFAULT_OFFICE_DAYS == {
        "form_check": 3,
        "assignment": 2,
        "review": 10,
        "confirmation": 3,
        "correction": 5,
        "acknowledgement": 3,
        "reply": 20,
        "settlement": 5,
        "view": 10,
    }


def test_each_waiting_state_has_one_clock_and_one_holder() -> None:
    assert STATE_CLOCKS == {
        State.SUBMITTED: ("form_check", "secretariat"),
        State.RETURNED: ("correction", "proposer"),
        State.ACCEPTED: ("assignment", "secretariat"),
        State.IN_REVIEW: ("review", "secretariat"),
        State.IN_CONFIRMATION: ("confirmation", "secretariat"),
        State.PENDING: ("revisit", "secretariat"),
    }
