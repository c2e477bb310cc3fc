"""Job `escalation`: what is overdue by 3 office days goes up to the leads (総括への報告)."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from app.accounts.models import Role, User
from app.accounts.queries import users_with_role
from app.audit.services import Subject
from app.core import clock
from app.core.calendar import OfficeCalendar, Roll
from app.core.clock import JST
from app.core.closing_days import office_calendar
from app.core.eras import format_date
from app.extensions import db
from app.notifications.models import OutboxMessage
from app.notifications.news_checks import news_check
from app.notifications.services import enqueue
from app.proposals.clocks import calendar_of_holder
from app.proposals.models import CaseClock, Proposal
from app.proposals.presentation import due_on
from app.reminders.breaches import Breach, breaches_until
from app.reminders.models import Escalation
from app.reminders.queries import standing_escalations
from app.workflow.labels import TERM_LABELS
from app.workflow.terms import Holder

ESCALATED_AFTER = 3  # office days past the due date
ESCALATION_TIME = time(8, 40)  # of an office day, JST; as the schedule says
ESCALATED = "escalated"
LISTED = 50


def escalate(moment: datetime) -> int:
    """Write down what went up by `moment`, and tell each lead of what is new; how many went up.

    The days are the true ones, also of ticks that were missed: these are made up for by the newest
    tick, so that a lead gets one letter and not one for each day (P08). Nothing on closed days.
    """
    if not office_calendar().is_office_day(clock.today()):
        return 0
    rows = db.session.execute(select(Escalation.clock_id, Escalation.due_on))
    known = {(row.clock_id, row.due_on) for row in rows}
    candidates = [
        breach
        for breach in breaches_until(moment)
        if _may_go_up(breach) and (breach.clock_id, breach.due_on) not in known
    ]
    calendars = _calendars_of(candidates)
    added = []
    for breach in candidates:
        day = escalated_on(breach, moment, calendars.get(breach.clock_id, office_calendar()))
        if day is not None:
            added.append(_put_up(breach, day))
    db.session.flush()
    if added:
        _tell_leads({row.id for row in added})
    return len(added)


@news_check(ESCALATED)
def is_still_overdue(message: OutboxMessage) -> bool:
    """Whether anything that went up is still overdue (報告の鮮度)."""
    return bool(standing_escalations(message.recipient))


def escalated_on(breach: Breach, moment: datetime, calendar: OfficeCalendar) -> date | None:
    """Office day on which a missed deadline goes up (報告の日); None while it does not.

    It goes up at 8:40 of the third office day of the delay, if the delay still lasts then.
    """
    today = clock.to_jst(moment).date()
    if calendar.signed_office_days(today, breach.due_on) > -ESCALATED_AFTER:
        return None
    day = calendar.add_office_days(breach.due_on, ESCALATED_AFTER)
    if _at_work(day) < breach.since:
        # Late from the start of a run (時計の再開): it goes up with the next look.
        day = calendar.roll(clock.to_jst(breach.since).date(), Roll.LATER)
        if _at_work(day) < breach.since:
            day = calendar.add_office_days(day, 1)
    return day if _at_work(day) <= moment and breach.lasts_at(_at_work(day)) else None


def _may_go_up(breach: Breach) -> bool:
    """Whether the delay lasted long enough by any calendar: office days are days, too."""
    first = breach.due_on + timedelta(days=ESCALATED_AFTER)
    return breach.until is None or breach.until > _at_work(first)


def _at_work(day: date) -> datetime:
    return datetime.combine(day, ESCALATION_TIME, JST)


def _calendars_of(breaches: Sequence[Breach]) -> dict[int, OfficeCalendar]:
    """Calendars of the bodies, for what they have to keep, by clock id (団体の暦)."""
    ids = [breach.clock_id for breach in breaches]
    rows = db.session.execute(
        select(CaseClock.id, Proposal)
        .join(Proposal, Proposal.id == CaseClock.proposal_id)
        .where(CaseClock.holder == Holder.PROPOSER, CaseClock.id.in_(ids))
    )
    return {clock_id: calendar_of_holder(case, Holder.PROPOSER) for clock_id, case in rows}


def _put_up(breach: Breach, day: date) -> Escalation:
    row = Escalation(
        proposal_id=breach.proposal_id,
        clock_id=breach.clock_id,
        due_on=breach.due_on,
        escalated_on=day,
    )
    db.session.add(row)
    return row


def _tell_leads(added: set[int]) -> None:
    """One letter a lead of what is new and still stands; no case the lead must not touch."""
    for lead in db.session.scalars(users_with_role(Role.LEAD)):
        rows = [row for row in standing_escalations(lead) if row.id in added]
        if rows:
            _write_to(lead, rows)


def _write_to(lead: User, rows: Sequence[Escalation]) -> None:
    lines = [_line(row) for row in rows[:LISTED]]
    if len(rows) > LISTED:
        lines.append(f"ほか{len(rows) - LISTED}件")
    enqueue(
        ESCALATED,
        [lead],
        key=f"{ESCALATED}:{clock.today().isoformat()}",
        path="/#escalated",
        about=Subject(type="user", id=lead.id),
        cases=len(rows),
        lines="\n".join(lines),
    )


def _line(row: Escalation) -> str:
    words = due_on(row.due_on, calendar_of_holder(row.proposal, row.clock.holder)).words
    term = TERM_LABELS[row.clock.term]
    return f"・{row.proposal.reference}　{term}　期限 {format_date(row.due_on)}　{words}"
