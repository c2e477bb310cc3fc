"""No guard can be deleted unnoticed (変異): a cell of the matrix or a question tells (P24)."""

import os

import pytest

from tests.authorization.direct import keeps_out
from tests.authorization.guards import all_guards, replaced, without
from tests.authorization.mutants import ask_for, is_noticed, read_witnesses
from tests.authorization.probing import Prober
from tests.authorization.questions import QUESTIONS

# MUTANTS=all deletes every guard in turn; otherwise every so manieth.
IS_WHOLE = os.environ.get("MUTANTS") == "all"
SHARES = {"sqlite": 4, "postgresql": 12}


@pytest.fixture
def share(pytestconfig: pytest.Config) -> int:
    return 1 if IS_WHOLE else SHARES[pytestconfig.getoption("database")]


def test_every_guard_has_something_that_tells_of_it_p24() -> None:
    witnesses = {witness.guard for witness in read_witnesses()}

    assert witnesses | set(QUESTIONS) == set(all_guards())


def test_missing_guard_is_noticed_at_a_door_p24(prober: Prober, share: int) -> None:
    guards = all_guards()
    unnoticed, wrong = [], []

    for witness in read_witnesses()[::share]:
        guard = guards[witness.guard]
        if is_noticed(witness, ask_for(prober, witness)):
            wrong.append(witness)
        with replaced({guard: without(witness.guard, guard)}):
            if not is_noticed(witness, ask_for(prober, witness)):
                unnoticed.append(witness.guard)

    assert wrong == []
    assert unnoticed == []


def test_missing_guard_is_noticed_where_it_stands_p24(prober: Prober, share: int) -> None:
    guards = all_guards()
    unnoticed, wrong = [], []

    for full in sorted(QUESTIONS)[::share]:
        if not keeps_out(prober, QUESTIONS[full]):
            wrong.append(full)
        with replaced({guards[full]: without(full, guards[full])}):
            if keeps_out(prober, QUESTIONS[full]):
                unnoticed.append(full)

    assert wrong == []
    assert unnoticed == []
