"""Job `overdue_events`: writes down every deadline that was missed, once (期限超過の記録)."""

from datetime import datetime

from sqlalchemy import select

from app.audit.services import Subject, record
from app.core import clock
from app.extensions import db
from app.reminders.breaches import Breach, breaches_until
from app.reminders.handoff_breaches import HandoffBreach, handoff_breaches_until
from app.reminders.models import HandoffOverdueEvent, OverdueEvent


def record_overdue(moment: datetime) -> int:
    """Insert the event of every deadline missed by `moment` (期限超過の記録); how many are new.

    Those of hand-offs (送付) are found and written one by one. Whether a case is overdue never
    depends on it: that is read off the date. The event is the trace in the history, with the true
    day however late it is written (P08).
    """
    rows = db.session.execute(select(OverdueEvent.clock_id, OverdueEvent.due_on))
    known = {(row.clock_id, row.due_on) for row in rows}
    found = [
        breach
        for breach in breaches_until(moment)
        if breach.is_new and (breach.clock_id, breach.due_on) not in known
    ]
    for breach in found:
        _write_down(breach)
    written = _record_handoffs(moment)
    db.session.flush()
    return len(found) + written


def _record_handoffs(moment: datetime) -> int:
    known = set(db.session.scalars(select(HandoffOverdueEvent.due_id)))
    found = [
        breach
        for breach in handoff_breaches_until(moment)
        if breach.is_new and breach.due.id not in known
    ]
    for breach in found:
        _write_down_handoff(breach)
    return len(found)


def _write_down_handoff(breach: HandoffBreach) -> None:
    handoff = breach.handoff
    db.session.add(
        HandoffOverdueEvent(
            handoff_id=handoff.id,
            due_id=breach.due.id,
            became_overdue_on=breach.became_overdue_on,
            recorded_at=clock.now(),
        )
    )
    record(
        "handoff.become_overdue",
        Subject(type="proposal", id=handoff.proposal_id),
        actor=None,
        changes={
            "handoff_id": handoff.id,
            "destination": handoff.destination.name,
            "part": handoff.part.value,
            "term": breach.due.term.value,
            "due_on": breach.due_on.isoformat(),
            "became_overdue_on": breach.became_overdue_on.isoformat(),
        },
    )


def _write_down(breach: Breach) -> None:
    db.session.add(
        OverdueEvent(
            proposal_id=breach.proposal_id,
            clock_id=breach.clock_id,
            due_on=breach.due_on,
            became_overdue_on=breach.became_overdue_on,
            recorded_at=clock.now(),
        )
    )
    record(
        "proposal.become_overdue",
        Subject(type="proposal", id=breach.proposal_id),
        actor=None,
        changes={
            "due_on": breach.due_on.isoformat(),
            "became_overdue_on": breach.became_overdue_on.isoformat(),
        },
    )
