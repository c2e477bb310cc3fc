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
from app.reminders.breaches import Breach, Delay, breaches_until
from app.reminders.handoff_breaches import handoff_breaches_until
from app.reminders.models import Escalation, HandoffEscalation
from app.reminders.queries import standing_escalations, standing_handoff_escalations
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
    handed = _escalate_handoffs(moment)
    db.session.flush()
    if added or handed:
        _tell_leads({row.id for row in added}, {row.id for row in handed})
    return len(added) + len(handed)


def _escalate_handoffs(moment: datetime) -> list[HandoffEscalation]:
    """Put up the dates of hand-offs (送付の期限) in the same way, each by itself."""
    known = set(db.session.scalars(select(HandoffEscalation.due_id)))
    added = []
    for breach in handoff_breaches_until(moment):
        is_open = breach.due.id not in known and _may_go_up(breach)
        day = escalated_on(breach, moment, office_calendar()) if is_open else None
        if day is not None:
            row = HandoffEscalation(handoff=breach.handoff, due=breach.due, escalated_on=day)
            db.session.add(row)
            added.append(row)
    return added


@news_check(ESCALATED)
def is_still_overdue(message: OutboxMessage) -> bool:
    """Whether anything that went up is still overdue (報告の鮮度)."""
    lead = message.recipient
    return bool(standing_escalations(lead) or standing_handoff_escalations(lead))


def escalated_on(breach: Delay, moment: datetime, calendar: OfficeCalendar) -> date | None:
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


def _may_go_up(breach: Delay) -> bool:
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


def _tell_leads(added: set[int], handed: set[int]) -> None:
    """One letter a lead of what is new and still stands; no case the lead must not touch."""
    for lead in db.session.scalars(users_with_role(Role.LEAD)):
        lines = [_line(row) for row in standing_escalations(lead) if row.id in added]
        lines += [
            _handoff_line(row) for row in standing_handoff_escalations(lead) if row.id in handed
        ]
        if lines:
            _write_to(lead, lines)


def _write_to(lead: User, found: Sequence[str]) -> None:
    lines = list(found[:LISTED])
    if len(found) > LISTED:
        lines.append(f"ほか{len(found) - LISTED}件")
    enqueue(
        ESCALATED,
        [lead],
        key=f"{ESCALATED}:{clock.today().isoformat()}",
        path="/#escalated",
        about=Subject(type="user", id=lead.id),
        cases=len(found),
        lines="\n".join(lines),
    )


def _line(row: Escalation) -> str:
    words = due_on(row.due_on, calendar_of_holder(row.proposal, row.clock.holder)).words
    term = TERM_LABELS[row.clock.term]
    return f"・{row.proposal.reference}　{term}　期限 {format_date(row.due_on)}　{words}"


def _handoff_line(row: HandoffEscalation) -> str:
    handoff, due = row.handoff, row.due
    words = f"{TERM_LABELS[due.term]}（{handoff.destination.name}）"
    when = f"期限 {format_date(due.due_on)}　{due_on(due.due_on).words}"
    return f"・{handoff.proposal.reference}　{words}　{when}"
