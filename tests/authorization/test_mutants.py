"""No guard can be deleted unnoticed (変異): each has a cell of the matrix that tells (P24)."""

import os

import pytest

from tests.authorization.guards import all_guards, replaced, without
from tests.authorization.mutants import ask_for, is_noticed, read_witnesses
from tests.authorization.probing import Prober
from tests.authorization.unproven import UNPROVEN

# MUTANTS=all deletes every guard in turn; otherwise every so manieth.
IS_WHOLE = os.environ.get("MUTANTS") == "all"
SHARES = {"sqlite": 4, "postgresql": 12}


def test_every_guard_has_something_that_tells_of_it_p24() -> None:
    witnesses = {witness.guard for witness in read_witnesses()}

    assert witnesses | set(UNPROVEN) == set(all_guards())
    assert witnesses & set(UNPROVEN) == set()


def test_missing_guard_is_noticed_p24(prober: Prober, pytestconfig: pytest.Config) -> None:
    guards = all_guards()
    share = 1 if IS_WHOLE else SHARES[pytestconfig.getoption("database")]
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
