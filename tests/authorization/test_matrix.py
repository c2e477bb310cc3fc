"""The matrix holds (権限表): every door is in it, and answers as it says (P24)."""

import os

import pytest

from tests.authorization.matrix import (
    AUDIENCES,
    asked_doors,
    audiences,
    differences,
    is_let_through,
    read_audiences,
    read_table,
    sample,
)
from tests.authorization.probing import Prober, sign
from tests.authorization.refusing import REFUSING
from tests.authorization.worlds import READERS

# MATRIX=all compares everything; otherwise one row of every so many doors.
IS_WHOLE = os.environ.get("MATRIX") == "all"
SHARES = {"sqlite": 9, "postgresql": 27}


def test_every_door_has_its_rows_p24(prober: Prober) -> None:
    asked, tried = {}, {}
    for door in asked_doors(prober):
        asked[door.endpoint, door.method] = set(prober.situations(door))
        tried[door.endpoint, door.method] = set(prober.further_situations(door))
    kept: dict[tuple[str, str], set[str]] = {}
    for row in read_table():
        kept.setdefault(row.key, set()).update(row.situations)
        assert len(row.signs) == len(READERS), row.key

    assert set(kept) == set(asked), "python -m tests.authorization write"
    assert {key: places - kept[key] for key, places in asked.items() if places - kept[key]} == {}
    assert {key for key in kept if kept[key] - asked[key] - tried[key]} == set()


def test_every_door_declares_the_audience_of_the_list_p24(prober: Prober) -> None:
    assert audiences(prober.app) == read_audiences(), f"see {AUDIENCES.name}"


def test_answers_are_those_of_the_matrix_p24(prober: Prober, pytestconfig: pytest.Config) -> None:
    share = 0 if IS_WHOLE else SHARES[pytestconfig.getoption("database")]

    found = differences(prober, sample(read_table(), share))

    assert found == []


def test_every_door_lets_somebody_through_but_those_that_are_named_p24() -> None:
    said: dict[tuple[str, str], set[str]] = {}
    for row in read_table():
        said.setdefault(row.key, set()).update(row.signs)

    refusing = {key for key, signs in said.items() if not is_let_through(signs)}

    assert refusing == set(REFUSING)


def test_no_answer_of_the_matrix_is_a_fault_p46() -> None:
    faults = [(row.key, row.situations) for row in read_table() if "!" in row.signs]

    assert faults == []


def test_who_is_outside_the_audience_gets_nothing_in_the_matrix_p24(prober: Prober) -> None:
    """The table itself is looked at: no line lets somebody in whom the door does not name."""
    doors = {(door.endpoint, door.method): door for door in asked_doors(prober)}
    let_in = [
        (row.key, reader)
        for row in read_table()
        for reader in READERS
        if not prober.may_enter(doors[row.key], reader) and row.expected(reader) not in "Lx"
    ]

    assert let_in == []


HIDDEN = (
    # Whoever may not know of a case finds nothing at any door that names it (P25).
    ("foreign", ("proposer", "manager", "partner", "prefecture")),
    ("in_review", ("foreign", "prefecture", "conflicted", "ministry", "observer", "admin")),
    ("handed_off", ("foreign", "conflicted", "other_ministry", "other_coordinator", "observer")),
)
# Doors that say less than the case and are open to more people.
SHARED = ("proposals.opened_proposal", "proposals.withdraw_endorsement", "public.show")


@pytest.mark.parametrize(("situation", "readers"), HIDDEN)
def test_hidden_case_is_not_found_at_any_door_p25(situation: str, readers: tuple[str, ...]) -> None:
    shown = [
        (row.key, reader, row.expected(reader))
        for row in read_table()
        if situation in row.situations and row.endpoint not in SHARED
        for reader in readers
        if row.expected(reader) in "o>f" and "handoffs." not in row.endpoint
    ]

    assert shown == []


def test_missing_gate_is_noticed_p24(prober: Prober) -> None:
    """The first gate itself is deleted: doors without a guard of their own stand open."""
    with prober.without_gate():
        answers = [
            sign(prober.open(path, "GET", "observer"))
            for path in ("/triage", "/calendar", "/duties")
        ]

    assert "o" in answers
