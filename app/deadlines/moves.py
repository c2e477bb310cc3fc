"""Which dates a change of calendar or rule would move (期限の数え直し): reckoned, not yet done."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from app.core import clock
from app.core.calendar import OfficeCalendar
from app.core.closing_days import ClosingDay, office_calendar
from app.extensions import db
from app.proposals.clocks import closures_within
from app.proposals.models import CaseClock, Proposal
from app.rounds.models import Round
from app.workflow.states import State
from app.workflow.terms import Holder, Term


@dataclass(frozen=True, kw_only=True)
class Move:
    """A date that moves (動く期限): the clock, its new date, and what that date rests on."""

    clock: CaseClock
    proposal: Proposal
    due_on: date
    closures: dict[str, str]
    office_days: int

    @property
    def is_later(self) -> bool:
        """Whether the holder gets more time (繰下げ)."""
        return self.due_on > self.clock.due_on


def calendar_with(day: date, name: str) -> OfficeCalendar:
    """The office calendar as it would be with one more closed day (閉庁日を加えた暦)."""
    return office_calendar().with_more({day: name})


def calendar_without(day: date) -> OfficeCalendar:
    """The office calendar as it would be without an entered closed day (閉庁日を除いた暦)."""
    present = office_calendar()
    names = {other: name for other, name in present.names.items() if other != day}
    return OfficeCalendar(frozenset(names), present.last_valid_year, names)


def moves_by_calendar(calendar: OfficeCalendar, day: date) -> list[Move]:
    """Dates that move when `day` is closed or opened again and `calendar` holds (暦の変更).

    Only periods that run and whose days reach `day` can move; an announced date and an extended one
    stand. Raises CalendarRangeError when a new date lies in a year whose holidays are not known.
    """
    return [
        move
        for row, proposal in _running(CaseClock.due_on >= day)
        if (move := _move(row, proposal, calendar, row.office_days or 0, changed=frozenset({day})))
    ]


def move_to_present(row: CaseClock, proposal: Proposal) -> Move | None:
    """What the present calendar makes of one running period (暦の変更の追いつき); None if nothing.

    Closed days may have been entered or withdrawn while the clock stood still, or was held to have
    ended by an act that was taken back since.
    """
    is_followed = proposal.state is State.CLASSIFIED
    if row.office_days is None or row.is_extended or is_followed:
        return None
    days = _days_changed(row)
    return _move(row, proposal, office_calendar(), row.office_days, changed=days) if days else None


def _days_changed(row: CaseClock) -> frozenset[date]:
    """Days up to the due date that were entered or withdrawn since it was reckoned (変わった日)."""
    told = {date.fromisoformat(day) for day in row.own_closures}
    entered = set(office_calendar().names)
    added = {day for day in entered - told if row.started_on < day <= row.due_on}
    # What is told and not entered may be a day of the body's own, which stays as it was told.
    missing = told - entered
    withdrawn = (
        db.session.scalars(
            select(ClosingDay.day).where(
                ClosingDay.day.in_(missing), ClosingDay.withdrawn_at >= row.started_at
            )
        )
        if missing
        else ()
    )
    return frozenset({*added, *withdrawn})


def moves_by_terms(round_: Round, office_days: Mapping[Term, int]) -> list[Move]:
    """Running periods of a round that would end on another day with these terms (日数の変更).

    What is overdue keeps the date that was missed: the rule then in force stays in force for it. A
    date is never moved to before today. Raises CalendarRangeError.
    """
    found = _running(
        Proposal.round_id == round_.id,
        CaseClock.term.in_(list(office_days)),
        CaseClock.due_on >= clock.today(),
    )
    calendar = office_calendar()
    return [
        move
        for row, proposal in found
        if row.office_days != office_days[row.term]
        and (move := _move(row, proposal, calendar, office_days[row.term]))
    ]


def standing_announced(day: date) -> list[tuple[CaseClock, Proposal]]:
    """Running clocks whose announced or extended date is `day`: it stands (動かない日付指定)."""
    named = or_(CaseClock.office_days.is_(None), CaseClock.is_extended.is_(True))
    return _cases_with_clock(CaseClock.due_on == day, named)


def _running(*conditions: ColumnElement[bool]) -> list[tuple[CaseClock, Proposal]]:
    """Periods that run and were not extended, with their cases.

    Those of a classified case follow its hand-offs, whose dates stand as ministries were told.
    """
    return _cases_with_clock(
        CaseClock.office_days.is_not(None),
        CaseClock.is_extended.is_(False),
        Proposal.state != State.CLASSIFIED,
        *conditions,
    )


def _cases_with_clock(*conditions: ColumnElement[bool]) -> list[tuple[CaseClock, Proposal]]:
    found = db.session.execute(
        select(CaseClock, Proposal)
        .join(Proposal, Proposal.id == CaseClock.proposal_id)
        .where(CaseClock.ended_at.is_(None), *conditions)
        .order_by(CaseClock.id)
    )
    return [(row, proposal) for row, proposal in found]


def _move(
    row: CaseClock,
    proposal: Proposal,
    calendar: OfficeCalendar,
    office_days: int,
    *,
    changed: frozenset[date] = frozenset(),
) -> Move | None:
    """Reckon a running period anew (数え直し); None where its date stays.

    Own closed days of a body stay as they were told up to the old date, and count as they stand
    after it. `changed` are the days whose entry is added or withdrawn.
    """
    own = _own_closures(row, proposal, changed) if row.holder is Holder.PROPOSER else {}
    whole = calendar.with_more(own)
    rest = max(office_days - row.days_used, 0)
    due_on = max(whole.add_office_days(row.started_on, rest), min(row.due_on, clock.today()))
    if due_on == row.due_on:
        return None
    return Move(
        clock=row,
        proposal=proposal,
        due_on=due_on,
        closures=closures_within(whole, row.started_on, due_on),
        office_days=office_days,
    )


def _own_closures(row: CaseClock, proposal: Proposal, changed: frozenset[date]) -> dict[date, str]:
    entered = {*office_calendar().names, *changed}
    told = {date.fromisoformat(day): name for day, name in row.own_closures.items()}
    kept = {day: name for day, name in told.items() if day not in entered}
    body = proposal.organization.acting_on(clock.today())
    later = {
        closure.day: closure.name
        for closure in body.closures
        if closure.day > row.due_on or closure.day in changed
    }
    return {**later, **kept}


def print_of(moves: Iterable[Move]) -> str:
    """Short print of a list of moves (一覧の指紋): whoever agrees to it agrees to this one."""
    lines = sorted(f"{move.clock.id}:{move.clock.due_on}:{move.due_on}" for move in moves)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
