"""Every deadline that was ever missed (期限超過), read off the history of the clocks.

What is found depends on the history alone, not on when or how often one looks: jobs that stood
still for a week write down afterwards what they would have written day by day (P08).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple, Protocol

from sqlalchemy import Row, select

from app.core import clock
from app.core.clock import JST
from app.deadlines.models import DeadlineChange
from app.extensions import db
from app.proposals.models import CaseClock
from app.workflow.terms import Term

TOLD_ELSEWHERE = (Term.REVISIT, Term.ACKNOWLEDGEMENT, Term.REPLY, Term.SETTLEMENT)


class Delay(Protocol):
    """A delay (遅れ), of a case or of a hand-off: by which date, since when, until when."""

    @property
    def due_on(self) -> date:
        """The due date that was missed."""

    @property
    def since(self) -> datetime:
        """Instant from which it was late."""

    @property
    def until(self) -> datetime | None:
        """Instant at which the delay ended, None while it lasts."""

    def lasts_at(self, instant: datetime) -> bool:
        """Whether it was late by this date at an instant."""


class Breach(NamedTuple):
    """A due date that passed while it was in force (期限超過).

    `since` is the instant from which the case was late, `until` the one at which its clock ended or
    the date was moved, None while neither happened. `is_new` is False where the case was late
    before, by the date of an earlier run or by the one that was moved: that is the same delay.
    """

    clock_id: int
    proposal_id: int
    due_on: date
    since: datetime
    until: datetime | None
    is_new: bool

    @property
    def became_overdue_on(self) -> date:
        """First day of the delay, in JST (超過した日)."""
        return clock.to_jst(self.since).date()

    def lasts_at(self, instant: datetime) -> bool:
        """Whether the case was late by this date at an instant."""
        return self.since <= instant and (self.until is None or instant < self.until)


_Run = Row[int, int, date, datetime, datetime | None]


class _Stretch(NamedTuple):
    """A due date and how long it was in force."""

    due_on: date
    start: datetime
    end: datetime | None


def breaches_until(moment: datetime) -> list[Breach]:
    """Deadlines missed up to an instant, clock by clock (それまでの期限超過).

    A revisit date (見直し日) is announced and no deadline: it is never missed. What a hand-off owes
    is told by `handoff_breaches`, one by one: the clock of the case follows the earliest alone.
    """
    moved = _moved_dates()
    rows = db.session.execute(
        select(
            CaseClock.id,
            CaseClock.proposal_id,
            CaseClock.due_on,
            CaseClock.started_at,
            CaseClock.ended_at,
        )
        .where(CaseClock.term.not_in(TOLD_ELSEWHERE), CaseClock.started_at <= moment)
        .order_by(CaseClock.id)
    )
    return [
        breach
        for row in rows
        for breach in _of_clock(row, moved.get(row.id, []))
        if breach.since <= moment
    ]


def late_from(due_on: date) -> datetime:
    """Instant from which a thing due on a day is late: 0:00 JST of the next day (期限超過)."""
    return datetime.combine(due_on + timedelta(days=1), time(), JST)


def _moved_dates() -> dict[int, list[DeadlineChange]]:
    found: dict[int, list[DeadlineChange]] = defaultdict(list)
    for change in db.session.scalars(select(DeadlineChange).order_by(DeadlineChange.id)):
        found[change.clock_id].append(change)
    return found


def _of_clock(row: _Run, changes: Sequence[DeadlineChange]) -> Iterator[Breach]:
    # A run that goes on from an overdue one begins late (時計の再開), and so may a moved date: the
    # delay is the one from before.
    was_late = True
    for stretch in _stretches(row, changes):
        late = late_from(stretch.due_on)
        since = max(late, stretch.start)
        is_late = stretch.end is None or since <= stretch.end
        if is_late:
            is_new = not (was_late and late <= stretch.start)
            yield Breach(row.id, row.proposal_id, stretch.due_on, since, stretch.end, is_new)
        was_late = is_late


def _stretches(row: _Run, changes: Sequence[DeadlineChange]) -> Iterator[_Stretch]:
    """The due dates of a clock one after another (期限の移り変わり)."""
    due_on, start = (changes[0].old_due_on if changes else row.due_on), row.started_at
    for change in changes:
        yield _Stretch(due_on, start, change.changed_at)
        due_on, start = change.new_due_on, change.changed_at
    yield _Stretch(due_on, start, row.ended_at)
