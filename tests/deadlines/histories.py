"""Random histories of a case, for the split of its time (時間の内訳の試験)."""

import random
from datetime import datetime, timedelta

from app.core import clock
from app.core.calendar import DEFAULT_CALENDAR
from app.deadlines.time_spent import Part, Span, split_time

FIRST = clock.jst(2019, 1, 1)
HANDS = (Part.OWN, Part.WAITING, Part.PROPOSER, Part.MINISTRY)


def random_history(seed: int) -> tuple[list[Span], datetime]:
    """Up to twelve hands one after another, some with a rest between, some to the second."""
    chance = random.Random(seed)
    at = FIRST + timedelta(seconds=chance.randrange(8 * 365 * 86400))
    spans: list[Span] = []
    for _ in range(chance.randint(1, 12)):
        if spans and chance.random() < 0.2:
            at += timedelta(seconds=chance.randrange(5 * 86400))
        length = timedelta(
            seconds=chance.choice((0, 1, 86400, chance.randrange(20 * 86400))),
            microseconds=chance.randrange(1_000_000),
        )
        spans.append(Span(chance.choice(HANDS), at, at + length))
        at += length
    if chance.random() < 0.5:
        spans[-1] = spans[-1]._replace(ended_at=None)
    return spans, at


def check_history(seed: int) -> None:
    """The parts of a random history make its whole, and each is what a walk by day finds."""
    spans, until = random_history(seed)
    spent = split_time(spans, until, DEFAULT_CALENDAR)
    assert spent is not None
    assert spent.adds_up, seed
    for part in HANDS:
        walked = sum(
            (walk(span.started_at, span.ended_at or until) for span in spans if span.part is part),
            timedelta(),
        )
        assert spent.parts[part] == walked, (seed, part)


def walk(start: datetime, end: datetime) -> timedelta:
    """Office time found day by day, with no sum of days in it."""
    found = timedelta()
    day = clock.to_jst(start).date()
    while clock.jst(day.year, day.month, day.day) < end:
        begin = clock.jst(day.year, day.month, day.day)
        following = day + timedelta(days=1)
        stop = clock.jst(following.year, following.month, following.day)
        if DEFAULT_CALENDAR.is_office_day(day):
            found += max(min(stop, end) - max(begin, start), timedelta())
        day = following
    return found
