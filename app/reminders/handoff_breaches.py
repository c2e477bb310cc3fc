"""Every date of a hand-off that was ever missed (送付の期限超過), read off the dates it was given.

As with the cases, what is found depends on the history alone, not on when one looks (P08).
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.core import clock
from app.extensions import db
from app.handoffs.models import Handoff, HandoffDue
from app.reminders.breaches import late_from


class HandoffBreach(NamedTuple):
    """A date of a hand-off that passed while it was in force (送付の期限超過).

    `since`, `until` and `is_new` as in `breaches.Breach`: a date that is moved while it is late is
    the same delay.
    """

    handoff: Handoff
    due: HandoffDue
    since: datetime
    until: datetime | None
    is_new: bool

    @property
    def due_on(self) -> date:
        """The date that was missed (期限)."""
        return self.due.due_on

    @property
    def became_overdue_on(self) -> date:
        """First day of the delay, in JST (超過した日)."""
        return clock.to_jst(self.since).date()

    def lasts_at(self, instant: datetime) -> bool:
        """Whether it was late by this date at an instant."""
        return self.since <= instant and (self.until is None or instant < self.until)


def handoff_breaches_until(moment: datetime) -> list[HandoffBreach]:
    """Dates of hand-offs missed up to an instant (それまでの送付の期限超過), by hand-off."""
    rows = db.session.scalars(
        select(Handoff)
        .where(Handoff.sent_at <= moment)
        .options(selectinload(Handoff.dues))
        .order_by(Handoff.id)
    )
    return [
        breach for row in rows for breach in _of_handoff(row, row.dues) if breach.since <= moment
    ]


def _of_handoff(handoff: Handoff, dues: Sequence[HandoffDue]) -> Iterator[HandoffBreach]:
    before: HandoffDue | None = None
    was_late = False
    for place, due in enumerate(dues):
        is_last = place + 1 == len(dues)
        until = handoff.ended_at if is_last else dues[place + 1].set_at
        late = late_from(due.due_on)
        since = max(late, due.set_at)
        is_late = until is None or since < until
        if is_late:
            goes_on = was_late and _is_same_term(before, due)
            is_new = not (goes_on and late <= due.set_at)
            yield HandoffBreach(handoff, due, since, until, is_new)
        before, was_late = due, is_late


def _is_same_term(before: HandoffDue | None, due: HandoffDue) -> bool:
    """Whether a date followed another one for the same thing (期限の変更)."""
    return before is not None and (before.term, before.round_number) == (
        due.term,
        due.round_number,
    )
