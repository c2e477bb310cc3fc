"""Starting and stopping the clocks of a case (期限の時計). Called by the lifecycle alone."""

from datetime import date

from sqlalchemy import select

from app.core import clock
from app.core.calendar import OfficeCalendar
from app.core.closing_days import office_calendar
from app.extensions import db
from app.proposals.models import CaseClock, ClockEnd, Proposal
from app.workflow.states import Action, State
from app.workflow.terms import STATE_CLOCKS, Holder

# While the case lies here the secretariat's clock stands still (時計の停止).
STOPPING_STATES = (State.RETURNED, State.PENDING)
# These give the stopped term its remaining days back; any other start is a new term.
CONTINUING_ACTIONS = (Action.SUBMIT, Action.RESUME)


def running_clock(proposal: Proposal) -> CaseClock | None:
    """Return the clock that runs for a case, None when none does."""
    return db.session.scalars(
        select(CaseClock).where(CaseClock.proposal_id == proposal.id, CaseClock.ended_at.is_(None))
    ).one_or_none()


def clocks_of(proposal: Proposal) -> list[CaseClock]:
    """Every run of every term of a case, newest first (期限の履歴)."""
    return list(
        db.session.scalars(
            select(CaseClock)
            .where(CaseClock.proposal_id == proposal.id)
            .order_by(CaseClock.id.desc())
        )
    )


def calendar_of(clock_: CaseClock) -> OfficeCalendar:
    """The calendar a clock was started with (期限の暦): with its holder's own closed days."""
    names = {date.fromisoformat(day): name for day, name in clock_.own_closures.items()}
    return OfficeCalendar.with_own(names)


def switch_clock(
    proposal: Proposal, action: Action, *, announced_on: date | None = None, reason: str = ""
) -> None:
    """End the running clock and start the one of the new state; sets `due_on` (期限).

    `announced_on` is the date of an announced deadline (日付指定), e.g. the revisit date.
    """
    _end_running(proposal)
    started = STATE_CLOCKS.get(proposal.state)
    if started is None:
        proposal.due_on = None
        return
    days = None if announced_on else proposal.round.office_days(started.term)
    used = _days_used_before(proposal, action) if days is not None else 0
    today = clock.today()
    calendar = _calendar_of_holder(proposal, started.holder)
    due_on = announced_on or calendar.add_office_days(today, max((days or 0) - used, 0))
    db.session.add(
        CaseClock(
            proposal_id=proposal.id,
            term=started.term,
            holder=started.holder,
            started_on=today,
            office_days=days,
            days_used=used,
            due_on=due_on,
            reason=reason,
            own_closures={
                day.isoformat(): name
                for day, name in calendar.names.items()
                if today < day <= due_on
            },
        )
    )
    proposal.due_on = due_on


def _calendar_of_holder(proposal: Proposal, holder: Holder) -> OfficeCalendar:
    if holder is not Holder.PROPOSER:
        return office_calendar()
    return proposal.organization.acting_on(clock.today()).calendar()


def _end_running(proposal: Proposal) -> None:
    running = running_clock(proposal)
    if running is None:
        return
    running.ended_at = clock.now()
    running.end = ClockEnd.STOPPED if proposal.state in STOPPING_STATES else ClockEnd.DONE
    # The partial unique index allows one running clock: the old one must be ended first.
    db.session.flush()


def _days_used_before(proposal: Proposal, action: Action) -> int:
    """Office days of the term that were used up before it was stopped; 0 for a new term."""
    if action not in CONTINUING_ACTIONS:
        return 0
    term = STATE_CLOCKS[proposal.state].term
    last = next((row for row in clocks_of(proposal) if row.term is term), None)
    if last is None or last.end is not ClockEnd.STOPPED or last.ended_at is None:
        return 0
    stopped_on = clock.to_jst(last.ended_at).date()
    return last.days_used + calendar_of(last).office_days_between(last.started_on, stopped_on)


def take_back_switch(proposal: Proposal, stopped_clock_id: int | None) -> None:
    """Undo the last switch (操作の取消し): its clock is set aside, the one before runs on.

    `stopped_clock_id` is the clock that ran before, None when none did.
    """
    started = running_clock(proposal)
    if started is not None:
        started.ended_at = clock.now()
        started.end = ClockEnd.REPLACED
        db.session.flush()
    before = db.session.get(CaseClock, stopped_clock_id) if stopped_clock_id else None
    if before is not None:
        before.ended_at = None
        before.end = None


def stop_clock(proposal: Proposal) -> None:
    """Stop the running clock without starting another one (時計の停止); `due_on` is empty then."""
    running = running_clock(proposal)
    if running is not None:
        running.ended_at = clock.now()
        running.end = ClockEnd.STOPPED
        db.session.flush()
    proposal.due_on = None


def continue_clock(proposal: Proposal, stopped_clock_id: int | None) -> None:
    """Let a stopped clock run on in a new run (時計の再開); sets `due_on`.

    The term has the office days left that it had when it was stopped, an overdue one as many days
    over. An announced date (日付指定) stays as announced. None: no clock ran.
    """
    stopped = db.session.get(CaseClock, stopped_clock_id) if stopped_clock_id else None
    if stopped is None or stopped.ended_at is None:
        proposal.due_on = None
        return
    today = clock.today()
    stopped_on = clock.to_jst(stopped.ended_at).date()
    calendar = calendar_of(stopped)
    rest = calendar.office_days_between(stopped_on, today)
    is_moved = stopped.office_days is not None and rest > 0
    due_on = calendar.add_office_days(stopped.due_on, rest) if is_moved else stopped.due_on
    used = stopped.days_used + calendar.office_days_between(stopped.started_on, stopped_on)
    db.session.add(
        CaseClock(
            proposal_id=proposal.id,
            term=stopped.term,
            holder=stopped.holder,
            started_on=today,
            office_days=stopped.office_days,
            days_used=used if stopped.office_days is not None else 0,
            due_on=due_on,
            reason=stopped.reason,
            own_closures=dict(stopped.own_closures),
        )
    )
    proposal.due_on = due_on
