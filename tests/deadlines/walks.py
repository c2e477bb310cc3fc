"""Random walks of a case through the services, for the split of its time (時間の内訳の試験).

What the walk notes by itself, act by act, is what the clocks must say: an act that was taken back
is as if it had not been, so the hand before it has its time.
"""

import random
from datetime import datetime, timedelta
from typing import NamedTuple

from app.core import clock
from app.deadlines.time_spent import Part, TimeSpent, time_spent
from app.proposals.lifecycle import CaseStanding, standing_of, take_back
from app.proposals.models import Proposal
from app.proposals.services.submission import Submit, submit
from app.triage.services.assign import Assign, assign
from app.triage.services.form_check import (
    Accept,
    Correction,
    ReturnForCorrection,
    accept,
    return_for_correction,
)
from app.triage.services.pending import Hold, Resume, hold, resume
from app.workflow.states import State
from tests.deadlines.histories import walk
from tests.factories import World, check_off, make_in_review

START = clock.jst(2024, 11, 1, 9)
LONGEST_STEP = 6 * 86400  # seconds
PART_OF_STATE = {State.PENDING: Part.WAITING, State.RETURNED: Part.PROPOSER}
ZERO = timedelta(0)


class Stay(NamedTuple):
    """In whose hand the case was from an instant on, and where it stood before."""

    part: Part
    since: datetime
    before: CaseStanding | None


def check_walk(world: World, seed: int, acts: int) -> None:
    """The parts make the whole, and each is what the walk noted, to the microsecond."""
    chance = random.Random(seed)
    with clock.at(START):
        case = make_in_review(world)
    stays, at = [Stay(Part.OWN, START, None)], START
    for _ in range(acts):
        at += timedelta(seconds=chance.randrange(1, LONGEST_STEP), microseconds=chance.randrange(9))
        with clock.at(at):
            _act(case, world, stays, chance)
    at += timedelta(seconds=chance.randrange(LONGEST_STEP))
    with clock.at(at):
        spent = time_spent(case)
    assert spent is not None
    assert spent.adds_up, seed
    assert _parts(spent) == _noted(stays, at), seed


def _act(case: Proposal, world: World, stays: list[Stay], chance: random.Random) -> None:
    undone = stays[-1].before
    if undone is not None and chance.random() < 0.4:
        take_back(case, undone, actor=world["officer1"], changes={})
        stays.pop()
        return
    before = standing_of(case)
    can_be_undone = case.state in (State.IN_REVIEW, State.PENDING)
    _step(case, world, chance)
    is_returned = case.state is State.RETURNED
    stays.append(
        Stay(
            PART_OF_STATE.get(case.state, Part.OWN),
            clock.now(),
            before if can_be_undone and not is_returned else None,
        )
    )


def _step(case: Proposal, world: World, chance: random.Random) -> None:
    officer = world["officer1"]
    if case.state is State.PENDING:
        resume(case, Resume(version=case.version), actor=officer)
    elif case.state is State.RETURNED:
        submit(case, Submit(version=case.version), actor=world["city-mgr"])
    elif case.state is State.SUBMITTED:
        check_off(case, officer)
        accept(case, Accept(version=case.version), actor=officer)
    elif case.state is State.ACCEPTED:
        command = Assign(version=case.version, reviewer_ids=(officer.id,))
        assign(case, command, actor=world["lead"])
    elif chance.random() < 0.7:
        revisit_on = clock.today() + timedelta(days=20)
        hold(case, Hold(version=case.version, reason="照会", revisit_on=revisit_on), actor=officer)
    else:
        items = (Correction(field="title", reason="対象の業務を書いてください。"),)
        command_ = ReturnForCorrection(version=case.version, items=items)
        return_for_correction(case, command_, actor=officer)


def _parts(spent: TimeSpent) -> dict[Part, timedelta]:
    return {part: used for part, used in spent.parts.items() if used}


def _noted(stays: list[Stay], until: datetime) -> dict[Part, timedelta]:
    totals: dict[Part, timedelta] = {}
    ends = [*(stay.since for stay in stays[1:]), until]
    for stay, end in zip(stays, ends, strict=True):
        totals[stay.part] = totals.get(stay.part, ZERO) + walk(stay.since, end)
    return {part: used for part, used in totals.items() if used}
