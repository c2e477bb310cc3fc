"""Dates of a hand-off (送付の期限): set with each step, never overwritten."""

from datetime import date

from app.accounts.models import User
from app.core import clock
from app.core.closing_days import office_calendar, settled_calendar
from app.extensions import db
from app.handoffs.models import Handoff, HandoffDue
from app.workflow.terms import Term


def start_due(
    handoff: Handoff, term: Term, *, announced_on: date | None = None, actor: User | None = None
) -> None:
    """Start a term of a hand-off today (期限の開始); an announced date (日付指定) stands as it is.

    Without one the office days of the round count, the day after being the first. The caller
    flushes: many terms that start together are written together.
    """
    today = clock.today()
    settled_calendar()
    days = None if announced_on else handoff.proposal.round.office_days(term)
    due_on = announced_on or office_calendar().add_office_days(today, days or 0)
    _set(handoff, term, started_on=today, office_days=days, due_on=due_on, actor=actor)


def change_due(handoff: Handoff, due_on: date, *, reason: str, actor: User) -> None:
    """Name another date for the running term (期限の変更); the old one stays in the history."""
    last = handoff.dues[-1]
    _set(
        handoff,
        last.term,
        started_on=last.started_on,
        office_days=None,
        due_on=due_on,
        actor=actor,
        reason=reason,
    )
    db.session.flush()


def end_due(handoff: Handoff) -> None:
    """Nothing is owed any more (期限の終わり)."""
    handoff.due_on = None


def running_due(handoff: Handoff) -> HandoffDue | None:
    """The date that is owed now, None when nothing is (今の期限)."""
    return handoff.dues[-1] if handoff.due_on is not None and handoff.dues else None


def _set(
    handoff: Handoff,
    term: Term,
    *,
    started_on: date,
    office_days: int | None,
    due_on: date,
    actor: User | None,
    reason: str = "",
) -> None:
    handoff.dues.append(
        HandoffDue(
            term=term,
            round_number=handoff.round_number,
            started_on=started_on,
            office_days=office_days,
            due_on=due_on,
            reason=reason,
            set_by_id=actor.id if actor else None,
            set_at=clock.now(),
        )
    )
    handoff.due_on = due_on
