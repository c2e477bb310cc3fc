"""Every door leaves in the trail what it declares, and nothing else (扉の記録, P22)."""

import os

import pytest

from app.audit.refusals import REFUSED
from tests.authorization.events import REASONS, UNWITNESSED, hear, read_declared, refusals, uses
from tests.authorization.matrix import asked_doors, read_table
from tests.authorization.posts import is_of_share
from tests.authorization.probing import Prober

# EVENTS=all uses every door; the quick suite one in so many.
SHARE = 1 if os.environ.get("EVENTS") == "all" else 40

# A program's use of its token is told whatever the answer is.
USE_OF_TOKEN = "api_token.use"
# A plan that others overtook is not published but made anew: the refusal says so.
ACTS_WHILE_REFUSING = {("triage.publish_plan", "POST"): ("assignment_plan.recompute",)}


def test_p22_every_door_declares_what_it_leaves(prober: Prober) -> None:
    declared = read_declared()

    doors = {(door.endpoint, door.method) for door in asked_doors(prober)}

    assert set(declared) == doors, "python -m tests.authorization events"
    assert {row.why for row in declared.values()} <= {"", *REASONS}
    assert [row.key for row in declared.values() if bool(row.events) == bool(row.why)] == []


def test_p22_door_that_changes_something_leaves_an_act() -> None:
    """What a post leaves nothing of is a look, one's own draft, or one's own setting."""
    silent = {
        row.endpoint: row.why
        for row in read_declared().values()
        if row.method == "POST" and not row.events and not row.also
    }

    assert silent == {
        "bulk.preview": "looks",
        "comments.mark_read": "account",
        "handoffs.check_sheet": "looks",
        "registers.upload": "looks",
        "reminders.mark_all_read": "account",
        "reminders.mark_read": "account",
        "reminders.open_notice": "account",
        "rounds.choose": "account",
        "triage.save_draft": "draft",
    }


def test_p22_accepted_request_leaves_exactly_what_its_door_declares(prober: Prober) -> None:
    declared, used, faults = read_declared(), 0, []

    for use in uses(prober):
        if not is_of_share(f"{use.row.endpoint} {use.row.method}", SHARE):
            continue
        used += 1
        left, row = hear(prober, use), declared[use.row.key]
        expected = (REFUSED,) if row.why == UNWITNESSED else row.events
        if left != expected:
            faults.append((row.key, left, expected))

    assert used > 400 // SHARE
    assert faults == []


@pytest.mark.parametrize(("signs", "left"), [("x.", (REFUSED,)), ("fcb", ())])
def test_p22_refused_request_leaves_the_refusal_alone(
    prober: Prober, signs: str, left: tuple[str, ...]
) -> None:
    chosen = [
        use
        for use in refusals(prober, read_table(), signs)
        if is_of_share(f"{use.row.endpoint} {use.row.method} {signs}", SHARE)
    ]

    found = [
        (use.row.key, use.readers, tuple(e for e in hear(prober, use) if e != USE_OF_TOKEN))
        for use in chosen
    ]

    assert len(chosen) > (500 if left else 50) // SHARE // 2
    # Whoever has no rights is refused before the plan is looked at.
    acting = {} if left else ACTS_WHILE_REFUSING
    assert [row for row in found if row[2] != acting.get(row[0], left)] == []
