"""Starting and stopping the clocks of a case (期限の時計). Called by the lifecycle alone."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import Select, Update, bindparam, select, update

from app.core import clock
from app.core.calendar import OfficeCalendar
from app.core.closing_days import office_calendar, settled_calendar
from app.core.page_reads import once_a_page
from app.core.past_session import read_anew
from app.extensions import db
from app.proposals.models import CaseClock, ClockEnd, Proposal
from app.proposals.moves import OF_CASE
from app.workflow.states import Action, State
from app.workflow.terms import STATE_CLOCKS, Clock, Holder

OF_GIVEN_CASE = CaseClock.proposal_id == bindparam("case_id")
# While the case lies here the secretariat's clock stands still (時計の停止).
STOPPING_STATES = (State.RETURNED, State.PENDING)
# These give the stopped term its remaining days back; any other start is a new term.
CONTINUING_ACTIONS = (Action.SUBMIT, Action.RESUME)


def running_clock(proposal: Proposal) -> CaseClock | None:
    """Return the clock that runs for a case, None when none does."""
    return db.session.scalars(_running_of_case(), {"case_id": proposal.id}).one_or_none()


# Of queries that every page of a case asks the words are made once; they are asked anew each time.
@cache
def _running_of_case() -> Select[CaseClock]:
    return select(CaseClock).where(OF_GIVEN_CASE, CaseClock.ended_at.is_(None))


@once_a_page
def clocks_of(proposal: Proposal) -> list[CaseClock]:
    """Every run of every term of a case, newest first (期限の履歴)."""
    return list(db.session.scalars(_runs_of_case(), {"case_id": proposal.id}))


@cache
def _runs_of_case() -> Select[CaseClock]:
    return select(CaseClock).where(OF_GIVEN_CASE).order_by(CaseClock.id.desc())


def calendar_of(clock_: CaseClock) -> OfficeCalendar:
    """The calendar the date of a clock was reckoned with (期限の暦), which explains it for ever.

    Beside the days of the law, up to the due date the closed days as they stood then; after it, in
    which days of delay are counted, the ones of today.
    """
    present = office_calendar()
    told = {date.fromisoformat(day): name for day, name in clock_.own_closures.items()}
    later = {day: name for day, name in present.names.items() if day > clock_.due_on}
    names = {**later, **told}
    return OfficeCalendar(frozenset(names), present.last_valid_year, names)


def calendar_of_holder(proposal: Proposal, holder: Holder) -> OfficeCalendar:
    """The calendar of today of whoever has to keep a term (持ち主の暦)."""
    if holder is not Holder.PROPOSER:
        return office_calendar()
    return proposal.organization.acting_on(clock.today()).calendar()


def closures_within(calendar: OfficeCalendar, start: date, due_on: date) -> dict[str, str]:
    """Closed days that are not of the law after `start` up to `due_on`, as a clock keeps them."""
    return {day.isoformat(): name for day, name in calendar.names.items() if start < day <= due_on}


def switch_clock(
    proposal: Proposal, action: Action, *, announced_on: date | None = None, reason: str = ""
) -> None:
    """End the running clock and start the one of the new state; sets `due_on` (期限).

    `announced_on` is the date of an announced deadline (日付指定), e.g. the revisit date.
    """
    now = clock.now()
    _end_running(proposal, now)
    started = STATE_CLOCKS.get(proposal.state)
    if started is None:
        proposal.due_on = None
        return
    stopped = _stopped_before(proposal, action) if announced_on is None else None
    row = CaseClock(
        proposal_id=proposal.id,
        term=started.term,
        holder=started.holder,
        started_on=clock.to_jst(now).date(),
        started_at=now,
        reason=reason,
    )
    settled_calendar()
    calendar = calendar_of_holder(proposal, started.holder)
    if announced_on is not None:
        row.due_on = announced_on
    elif stopped is not None:
        _go_on_from(row, stopped, calendar)
    else:
        row.office_days, row.days_used = proposal.round.office_days(started.term), 0
        row.due_on = calendar.add_office_days(row.started_on, row.office_days)
    _start(proposal, row, calendar)


def _start(proposal: Proposal, row: CaseClock, calendar: OfficeCalendar) -> None:
    row.own_closures = closures_within(calendar, row.started_on, row.due_on)
    db.session.add(row)
    proposal.due_on = row.due_on


def _end_running(proposal: Proposal, now: datetime) -> None:
    end = ClockEnd.STOPPED if proposal.state in STOPPING_STATES else ClockEnd.DONE
    # The partial unique index allows one running clock: the old one is ended first, by itself.
    values = {"case_id": proposal.id, "now": now, "how": end}
    db.session.execute(_ended_run(), values, execution_options={OF_CASE: proposal.id})
    read_anew(CaseClock, "ended_at", "end")


@cache
def _ended_run() -> Update:
    running = update(CaseClock).where(OF_GIVEN_CASE, CaseClock.ended_at.is_(None))
    ended = running.values(ended_at=bindparam("now"), end=bindparam("how"))
    return ended.execution_options(synchronize_session=False)


def _stopped_before(proposal: Proposal, action: Action) -> CaseClock | None:
    """The stopped run that the new one goes on from, None for a new term.

    A run that was taken back (操作の取消し) is as if it had not been.
    """
    if action not in CONTINUING_ACTIONS:
        return None
    term = STATE_CLOCKS[proposal.state].term
    runs = (
        row for row in clocks_of(proposal) if row.term is term and row.end is not ClockEnd.REPLACED
    )
    last = next(runs, None)
    is_stopped = last is not None and last.end is ClockEnd.STOPPED
    return last if is_stopped and last is not None and last.office_days is not None else None


def days_used_by(stopped: CaseClock) -> int:
    """Office days of the term that were used up when a run was stopped (使った開庁日数)."""
    if stopped.ended_at is None:
        raise ValueError("the clock still runs")
    stopped_on = clock.to_jst(stopped.ended_at).date()
    ran = calendar_of(stopped).office_days_between(stopped.started_on, stopped_on)
    return stopped.days_used + ran


def term_length(stopped: CaseClock, calendar: OfficeCalendar) -> int:
    """Office days of a stopped term (期間の長さ): those it began with, an extended one its own.

    The rule of the round may have changed meanwhile: the term keeps the rule it began under. An
    extended one has the office days that were left up to the date that was named, in `calendar`.
    """
    if stopped.ended_at is None or stopped.office_days is None:
        raise ValueError("only a stopped period has a length to go on with")
    if not stopped.is_extended:
        return stopped.office_days
    stopped_on = clock.to_jst(stopped.ended_at).date()
    return days_used_by(stopped) + calendar.office_days_between(stopped_on, stopped.due_on)


def _go_on_from(row: CaseClock, stopped: CaseClock, calendar: OfficeCalendar) -> None:
    """Give a run the rest of a stopped term, reckoned with the calendar of today."""
    row.continues_id = stopped.id
    row.days_used = days_used_by(stopped)
    row.office_days = term_length(stopped, calendar)
    rest = max(row.office_days - row.days_used, 0)
    row.due_on = calendar.add_office_days(row.started_on, rest)


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


class NextRun(NamedTuple):
    """Whose term a classified case has now (送付に従う期限): None in `running` for nobody's.

    `due_on` is its date, counted from `started_on` (today, when none is given) where `office_days`
    says its length.
    """

    proposal: Proposal
    running: Clock | None
    due_on: date | None = None
    office_days: int | None = None
    started_on: date | None = None


def pass_clocks(runs: Sequence[NextRun]) -> None:
    """Let the clocks of classified cases follow their hand-offs, once for each case; sets `due_on`.

    Nothing happens to a case while term, holder and date stay as they are. A few questions for
    however many cases.
    """
    current = _running_clocks([run.proposal for run in runs])
    changing = [run for run in runs if not _stays(current.get(run.proposal.id), run)]
    now = clock.now()
    ended = [current[run.proposal.id] for run in changing if run.proposal.id in current]
    for row in ended:
        row.ended_at, row.end = now, ClockEnd.DONE
    if ended:
        # The partial unique index allows one running clock: the old one must be ended first.
        db.session.flush()
    for run in changing:
        _start_run(run, now)


def _running_clocks(proposals: Sequence[Proposal]) -> dict[int, CaseClock]:
    ids = [proposal.id for proposal in proposals]
    rows = db.session.scalars(
        select(CaseClock).where(CaseClock.proposal_id.in_(ids), CaseClock.ended_at.is_(None))
    )
    return {row.proposal_id: row for row in rows}


def _stays(current: CaseClock | None, run: NextRun) -> bool:
    if current is None or run.running is None:
        return current is None and run.running is None
    return (current.term, current.holder, current.due_on) == (*run.running, run.due_on)


def _start_run(run: NextRun, now: datetime) -> None:
    if run.running is None or run.due_on is None:
        run.proposal.due_on = None
        return
    row = CaseClock(
        proposal_id=run.proposal.id,
        term=run.running.term,
        holder=run.running.holder,
        started_on=run.started_on or clock.to_jst(now).date(),
        started_at=now,
        office_days=run.office_days,
        days_used=0,
        due_on=run.due_on,
    )
    _start(run.proposal, row, calendar_of_holder(run.proposal, run.running.holder))


def stop_clock(proposal: Proposal) -> None:
    """Stop the running clock without starting another one (時計の停止); `due_on` is empty then."""
    running = running_clock(proposal)
    if running is not None:
        running.ended_at, running.end = clock.now(), ClockEnd.STOPPED
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
    now = clock.now()
    row = CaseClock(
        proposal_id=proposal.id,
        term=stopped.term,
        holder=stopped.holder,
        started_on=clock.to_jst(now).date(),
        started_at=now,
        continues_id=stopped.id,
        due_on=stopped.due_on,
        reason=stopped.reason,
    )
    settled_calendar()
    calendar = calendar_of_holder(proposal, stopped.holder)
    if stopped.office_days is not None:
        row.days_used = days_used_by(stopped)
        row.office_days = term_length(stopped, calendar)
        stopped_on = clock.to_jst(stopped.ended_at).date()
        waited = calendar.office_days_between(stopped_on, row.started_on)
        if stopped.due_on >= stopped_on:
            rest = max(row.office_days - row.days_used, 0)
            row.due_on = calendar.add_office_days(row.started_on, rest)
        elif waited:
            row.due_on = calendar.add_office_days(stopped.due_on, waited)
    _start(proposal, row, calendar)
