"""Which pattern becomes which case of a round, whose and when (合成の計画)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import NamedTuple

from app.core import clock
from app.synth.copies import Original
from app.synth.patterns import Pattern
from app.synth.people import Body
from app.synth.rounds import SPREAD_WEEKS, MadeUpRound
from app.workflow.states import State

# Copies of one transaction: its rows go through the log of the database before they are its own.
COPIES_OF_A_BLOCK = 20_000
WEEK = timedelta(weeks=1)
# Where a case of a past round has come to rest.
SETTLED = frozenset({State.CLASSIFIED, State.CLOSED, State.WITHDRAWN, State.PENDING})
RUNNING_WEEKS = 2  # over which the cases of the last round begin
# Of the cases of a past round that many had an ordinary way to their class.
ORDINARY_SHARE = 0.85


class Planned(NamedTuple):
    """One copy to be made (合成する1件); a merged case comes with the one it went into."""

    original: Original
    weeks: int
    bodies: Sequence[Body]
    text_keys: Sequence[str]
    sequences: Sequence[int | None]


class _Drawn(NamedTuple):
    original: Original
    weeks: int
    bodies: Sequence[Body]
    text_keys: Sequence[str]


def plan_round(
    round_: MadeUpRound,
    originals: Sequence[Original],
    bodies: Sequence[Body],
    cases: int,
    chance: Random,
) -> Iterator[list[Planned]]:
    """Draw so many cases of a round, block by block in the order in which they begin (計画).

    Receipt numbers run in the order of submission within a block, and on from block to block: none
    is missing where a run was cut.
    """
    drawn = _draw(round_, originals, bodies, cases, chance)
    in_time = sorted(
        range(len(drawn)),
        key=lambda number: drawn[number].original.begins_at + WEEK * drawn[number].weeks,
    )
    given = 0
    for first in range(0, len(drawn), COPIES_OF_A_BLOCK):
        block = [drawn[number] for number in sorted(in_time[first : first + COPIES_OF_A_BLOCK])]
        planned = _numbered(block, given)
        given += sum(sequence is not None for one in planned for sequence in one.sequences)
        yield planned


def _numbered(drawn: Sequence[_Drawn], last: int) -> list[Planned]:
    times: list[tuple[datetime, int, int]] = [
        (case["submitted_at"] + WEEK * one.weeks, number, position)
        for number, one in enumerate(drawn)
        for position, case in enumerate(one.original.pattern.cases)
        if case["receipt_sequence"] is not None
    ]
    given = {
        (number, position): sequence
        for sequence, (_, number, position) in enumerate(sorted(times), start=last + 1)
    }
    return [
        Planned(*one, [given.get((number, at)) for at in range(len(one.bodies))])
        for number, one in enumerate(drawn)
    ]


def _draw(
    round_: MadeUpRound,
    originals: Sequence[Original],
    bodies: Sequence[Body],
    cases: int,
    chance: Random,
) -> list[_Drawn]:
    pools = _pools(round_, originals)
    drawn: list[_Drawn] = []
    left = cases
    while left > 0:
        pool = pools[0] if chance.random() < ORDINARY_SHARE else pools[1]
        original, weeks, spread = (
            pool[len(drawn) % len(pool)] if round_.years_ago == 0 else (chance.choice(pool))
        )
        size = len(original.pattern.cases)
        if size > left:
            continue
        chosen = [_body(original, bodies, chance) for _ in range(size)]
        keys = [f"{round_.key}:{len(drawn)}:{position}" for position in range(size)]
        drawn.append(_Drawn(original, weeks + chance.randrange(spread), chosen, keys))
        left -= size
    return drawn


_Choice = tuple[Original, int, int]


def _pools(
    round_: MadeUpRound, originals: Sequence[Original]
) -> tuple[list[_Choice], list[_Choice]]:
    """What a round may hold: the ordinary ones and the rest, with first week and spread."""
    latest = max(one.pattern.cases[0]["round_id"] for one in originals)
    if round_.years_ago == 0:
        running = [
            (one, 1 - RUNNING_WEEKS, RUNNING_WEEKS)
            for one in originals
            if one.pattern.cases[0]["round_id"] == latest
        ]
        return running, running
    fitting = [
        (one, weeks, SPREAD_WEEKS)
        for one in originals
        for weeks in [_weeks_to(one.pattern, round_)]
        if _is_settled(one.pattern, weeks)
    ]
    ordinary = [choice for choice in fitting if choice[0].pattern.cases[0]["round_id"] != latest]
    rare = [choice for choice in fitting if choice[0].pattern.cases[0]["round_id"] == latest]
    return ordinary or rare, rare or ordinary


def _weeks_to(pattern: Pattern, round_: MadeUpRound) -> int:
    """By how many whole weeks a pattern is moved to begin just after the opening."""
    return -((pattern.begins_at - round_.opens_at) // WEEK)


def _is_settled(pattern: Pattern, weeks: int) -> bool:
    """Whether nothing is overdue or yet to come where the pattern would stand (決着)."""
    if any(case["state"] not in SETTLED for case in pattern.cases):
        return False
    last = pattern.ends_at + WEEK * (weeks + SPREAD_WEEKS)
    due: date | None = pattern.first_open_due
    return last < clock.now() and (due is None or due + WEEK * weeks >= clock.today())


def _body(original: Original, bodies: Sequence[Body], chance: Random) -> Body:
    partners = {row["organization_id"] for row in original.pattern.rows.get("co_proposer", [])}
    while True:
        body = chance.choice(bodies)
        if body.id not in partners:
            return body
