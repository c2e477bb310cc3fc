"""Hand-offs that were not over at an instant (その時点の送付), told from their dates."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from app.accounts.models import Organization, User
from app.core import clock
from app.core.calendar import OfficeCalendar
from app.core.closing_days import office_calendar
from app.extensions import db
from app.handoffs.models import Handoff, HandoffDue
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.reports.backlog.at_ministries import OWED_BY_MINISTRY
from app.rounds.models import Round
from app.workflow.terms import Term

STORED_AS = "handoffs"


@dataclass(frozen=True, kw_only=True)
class HandoffRow:
    """One hand-off that was sent and not over (未了の送付).

    `age` counts the office days after the day it was sent, `overdue` those past the date its
    ministry has to keep (0: not overdue, or the reply is there).
    """

    handoff_id: int
    proposal_id: int
    number: str
    destination_id: int
    destination: str
    term: Term
    sent_at: datetime
    age: int
    due_on: date
    overdue: int


@dataclass(frozen=True, kw_only=True)
class MinistryLine:
    """What one destination has (府省庁別の送付)."""

    destination_id: int
    name: str
    unacknowledged: int
    unanswered: int
    answered: int
    overdue: int
    oldest: int

    @property
    def open(self) -> int:
        """Hand-offs that are not over (未了)."""
        return self.unacknowledged + self.unanswered + self.answered


def measure_handoffs(
    round_: Round,
    reader: User | None,
    at: datetime | None = None,
    *,
    among: Collection[int] | None = None,
) -> list[HandoffRow]:
    """Hand-offs of a round that were sent and not over just before an instant (未了の送付).

    `at`, `reader` and `among` (cases) as in `queries.measure`: the date that was set last by then
    says what a hand-off waited for.
    """
    end = at if at is not None else clock.now()
    is_now = at is None
    lasting: ColumnElement[bool] = Handoff.ended_at.is_(None)
    if not is_now:
        lasting = lasting | (Handoff.ended_at >= end)
    known = [Proposal.round_id == round_.id, lasting]
    if reader is not None:
        known.append(visible_to(reader))
    if among is not None:
        known.append(Proposal.id.in_(among))
    last = (
        select(func.max(HandoffDue.id))
        .where(HandoffDue.handoff_id.in_(select(Handoff.id).join(Handoff.proposal).where(*known)))
        .group_by(HandoffDue.handoff_id)
    )
    if not is_now:
        last = last.where(HandoffDue.set_at < end)
    statement = _told().where(*known, HandoffDue.id.in_(last))
    day, calendar = clock.to_jst(end).date(), office_calendar()
    return [_row(row, day, calendar) for row in db.session.execute(statement)]


def _told() -> Any:
    """What a row tells of a hand-off and of its dates (送付の行)."""
    return (
        select(
            Handoff.id,
            Handoff.proposal_id,
            Proposal.receipt_number,
            Handoff.destination_id,
            Organization.name.label("destination"),
            Handoff.sent_at,
            HandoffDue.term,
            HandoffDue.set_at,
            HandoffDue.due_on,
        )
        .join(HandoffDue, HandoffDue.handoff_id == Handoff.id)
        .join(Handoff.proposal)
        .join(Organization, Organization.id == Handoff.destination_id)
        .order_by(Proposal.receipt_sequence, Proposal.branch_number, Handoff.id)
    )


def by_ministry(rows: Sequence[HandoffRow]) -> tuple[MinistryLine, ...]:
    """Add up hand-offs by destination (府省庁別の送付), the most first."""
    found: dict[int, list[HandoffRow]] = {}
    for row in rows:
        found.setdefault(row.destination_id, []).append(row)
    return _in_order(_line(own) for own in found.values())


class OfTerm(NamedTuple):
    """Hand-offs of one destination that wait for the same (送付の件数)."""

    term: Term
    number: int
    overdue: int
    oldest: int


def ministry_lines(found: Mapping[tuple[int, str], Sequence[OfTerm]]) -> tuple[MinistryLine, ...]:
    """Lines of destinations, by id and name, from what each has (府省庁別の送付), most first."""
    return _in_order(_added_up(*ministry, terms) for ministry, terms in found.items())


def as_stored(row: HandoffRow) -> dict[str, Any]:
    """Shape of a row in a stored backlog (記録の1行): plain JSON values."""
    return {
        "handoff_id": row.handoff_id,
        "proposal_id": row.proposal_id,
        "number": row.number,
        "destination_id": row.destination_id,
        "destination": row.destination,
        "term": row.term.value,
        "sent_at": row.sent_at.isoformat(),
        "age": row.age,
        "due_on": row.due_on.isoformat(),
        "overdue": row.overdue,
    }


def from_stored(stored: Mapping[str, Any]) -> HandoffRow:
    """The row that was stored (記録の1行)."""
    return HandoffRow(
        handoff_id=stored["handoff_id"],
        proposal_id=stored["proposal_id"],
        number=stored["number"],
        destination_id=stored["destination_id"],
        destination=stored["destination"],
        term=Term(stored["term"]),
        sent_at=datetime.fromisoformat(stored["sent_at"]),
        age=stored["age"],
        due_on=date.fromisoformat(stored["due_on"]),
        overdue=stored["overdue"],
    )


def _row(row: Any, day: date, calendar: OfficeCalendar) -> HandoffRow:
    is_late = row.term in OWED_BY_MINISTRY and row.due_on < day
    sent_at = row.sent_at or row.set_at
    return HandoffRow(
        handoff_id=row.id,
        proposal_id=row.proposal_id,
        number=row.receipt_number or "",
        destination_id=row.destination_id,
        destination=row.destination,
        term=row.term,
        sent_at=sent_at,
        age=calendar.office_days_between(clock.to_jst(sent_at).date(), day),
        due_on=row.due_on,
        overdue=-calendar.signed_office_days(day, row.due_on) if is_late else 0,
    )


def _line(rows: Sequence[HandoffRow]) -> MinistryLine:
    terms = [OfTerm(row.term, 1, int(row.overdue > 0), row.age) for row in rows]
    return _added_up(rows[0].destination_id, rows[0].destination, terms)


def _added_up(destination_id: int, name: str, terms: Sequence[OfTerm]) -> MinistryLine:
    numbers: Counter[Term] = Counter()
    for each in terms:
        numbers[each.term] += each.number
    unacknowledged, unanswered = (numbers.pop(term, 0) for term in OWED_BY_MINISTRY)
    return MinistryLine(
        destination_id=destination_id,
        name=name,
        unacknowledged=unacknowledged,
        unanswered=unanswered,
        answered=numbers.total(),
        overdue=sum(each.overdue for each in terms),
        oldest=max(each.oldest for each in terms),
    )


def _in_order(lines: Iterable[MinistryLine]) -> tuple[MinistryLine, ...]:
    return tuple(sorted(lines, key=lambda line: (-line.open, line.name, line.destination_id)))
