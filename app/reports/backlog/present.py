"""The backlog of now, counted by the database (現在の滞留): no row for each case of a round.

Whose move it is, is told by the rules of `queries`, which reads case by case what files, lists and
past instants need. Both give the same figures: a test holds them against each other.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import nsmallest
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from app.accounts.models import Organization, User
from app.core import clock
from app.core.calendar import OfficeCalendar
from app.core.closing_days import office_calendar
from app.deadlines.models import ChangeKind, DeadlineChange
from app.extensions import db
from app.handoffs.models import Handoff, HandoffDue
from app.proposals.models import CaseClock, Proposal
from app.proposals.queries import visible_to
from app.reports.backlog.at_ministries import OWED_BY_MINISTRY
from app.reports.backlog.queries import UNSETTLED, measure
from app.reports.backlog.rows import (
    BUCKETS,
    FORM_CHECKERS,
    LEADS,
    BacklogRow,
    Holder,
    HolderKind,
    body_key,
    ministry_key,
    reviewer_key,
)
from app.reports.backlog.tally import (
    OLDEST_SHOWN,
    OVERDUE_SHOWN,
    Cell,
    Share,
    Tally,
    oldest_order,
    overdue_of,
)
from app.reports.backlog.whose_move import (
    has_owner,
    is_assigned,
    is_bodys,
    is_late,
    is_running,
    kind_of_holder,
    last_due,
)
from app.rounds.models import Round
from app.triage.models import Assignment
from app.workflow.states import State

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """Which cases are counted, and by which day (集計の対象)."""

    round: Round
    reader: User | None
    conditions: tuple[ColumnElement[bool], ...]
    day: date
    calendar: OfficeCalendar

    def age(self, since: datetime) -> int:
        """Office days after the day of an instant (今の状態の日数)."""
        return self.calendar.office_days_between(clock.to_jst(since).date(), self.day)

    def overdue(self, due_on: date) -> int:
        """Office days past a date that went by (超過の日数)."""
        return -self.calendar.signed_office_days(self.day, due_on)


def present_tally(round_: Round, reader: User | None) -> Tally:
    """Count the backlog of a round as it stands (現在の滞留), what a reader may know of."""
    asked = _Asked(
        round=round_,
        reader=reader,
        conditions=(
            Proposal.round_id == round_.id,
            Proposal.state.in_(UNSETTLED),
            *(() if reader is None else (visible_to(reader),)),
        ),
        day=clock.today(),
        calendar=office_calendar(),
    )
    overdue_shown, oldest = _shown(asked)
    groups = list(db.session.execute(_groups(asked)))
    category_keys = {row.id: row.key for row in round_.scheme.categories}
    return Tally(
        cells=[
            Cell(
                row.state,
                category_keys.get(row.category_id, ""),
                row.place,
                HolderKind(row.kind),
                row.cases,
            )
            for row in groups
        ],
        shares=[*_pools(asked, groups), *_of_people(asked), *_of_bodies(asked)],
        overdue=sum(row.overdue for row in groups),
        extended=sum(row.extended for row in groups),
        overdue_shown=overdue_shown,
        oldest=oldest,
    )


# --- Cases in groups ------------------------------------------------------------------------------


def _groups(asked: _Asked) -> Select[Any]:
    """Cases by state, class, range of ages and kind of holder (件数)."""
    words = (Proposal.state, Proposal.category_id, _place(asked).label("place"), kind_of_holder())
    is_extended = select(DeadlineChange.id).where(
        DeadlineChange.clock_id == CaseClock.id, DeadlineChange.kind == ChangeKind.EXTENSION
    )
    extended = func.sum(case((is_extended.exists(), 1), else_=0)).label("extended")
    return _counted(asked, *words, extended).group_by(*(word.name for word in words))


def _counted(asked: _Asked, *columns: Any) -> Select[Any]:
    """Cases with the clock that runs: how many, how many overdue, since when (件数)."""
    return (
        select(
            *columns,
            func.count(Proposal.id).label("cases"),
            func.sum(case((is_late(asked.day), 1), else_=0)).label("overdue"),
            func.min(Proposal.state_since).label("since"),
        )
        .select_from(Proposal)
        .outerjoin(CaseClock, is_running())
        .where(*asked.conditions)
    )


def _place(asked: _Asked) -> ColumnElement[int]:
    """Place of the range of ages among BUCKETS (区分の位置)."""
    begins = [_begin(asked, bucket.first) for bucket in BUCKETS[1:]]
    older = enumerate(begins, start=1)
    return case(
        *((Proposal.state_since < begin, place) for place, begin in reversed(list(older))), else_=0
    )


def _begin(asked: _Asked, age: int) -> datetime:
    """What came into its state before this instant has at least this age (区分の境)."""
    day, left = asked.day + ONE_DAY, age
    while left:
        day -= ONE_DAY
        left -= asked.calendar.is_office_day(day)
    return clock.jst(day.year, day.month, day.day)


# --- Shares of holders ----------------------------------------------------------------------------


def _pools(asked: _Asked, groups: Iterable[Any]) -> Iterator[Share]:
    for row in groups:
        if row.kind == HolderKind.POOL:
            holder = FORM_CHECKERS if row.state is State.SUBMITTED else LEADS
            yield _share(asked, HolderKind.POOL, holder, row)


def _of_people(asked: _Asked) -> Iterator[Share]:
    words = (User.login, User.display_name, Proposal.state)
    owned = _counted(asked, *words).join(User, User.id == Proposal.pending_owner_id)
    assigned = (
        _counted(asked, *words)
        .join(Assignment, Assignment.proposal_id == Proposal.id)
        .join(User, User.id == Assignment.reviewer_id)
        .where(Assignment.ended_at.is_(None), ~has_owner(), is_assigned())
    )
    for statement in (owned.where(has_owner()), assigned):
        for row in db.session.execute(statement.group_by(*words)):
            holder = Holder(reviewer_key(row.login), row.display_name)
            yield _share(asked, HolderKind.REVIEWER, holder, row)


def _of_bodies(asked: _Asked) -> Iterator[Share]:
    """Shares of the proposing bodies and of the ministries (提案団体・府省庁の手持ち)."""
    words = (Organization.id, Organization.code, Organization.name, Proposal.state)
    bodies = _counted(asked, *words).join(Proposal.organization).where(is_bodys())
    ministries = (
        _counted(asked, *words)
        .join(Handoff, Handoff.proposal_id == Proposal.id)
        .join(HandoffDue, HandoffDue.id == last_due())
        .join(Organization, Organization.id == Handoff.destination_id)
        .where(
            Handoff.ended_at.is_(None),
            HandoffDue.term.in_(OWED_BY_MINISTRY),
            Proposal.state == State.CLASSIFIED,
            ~is_bodys(),
        )
    )
    for row in db.session.execute(bodies.group_by(*words)):
        yield _share(asked, HolderKind.BODY, Holder(body_key(row.code), row.name), row)
    for row in db.session.execute(ministries.group_by(*words)):
        yield _share(asked, HolderKind.MINISTRY, Holder(ministry_key(row.id), row.name), row)


def _share(asked: _Asked, kind: HolderKind, holder: Holder, row: Any) -> Share:
    return Share(kind, holder, row.state, row.cases, row.overdue, asked.age(row.since))


# --- Cases one by one -----------------------------------------------------------------------------


def _shown(asked: _Asked) -> tuple[tuple[BacklogRow, ...], tuple[BacklogRow, ...]]:
    """The longest overdue, and the longest in their state (期限超過・今の状態が長い提案)."""
    overdue, oldest = _longest_overdue(asked), _longest_in_state(asked)
    rows = measure(asked.round, asked.reader, among={*overdue, *oldest})
    return (
        tuple(overdue_of(row for row in rows if row.proposal_id in overdue)),
        tuple(sorted((row for row in rows if row.proposal_id in oldest), key=oldest_order)),
    )


def _longest_overdue(asked: _Asked) -> set[int]:
    """The cases to show, found from the earliest dates on: none but those is read (期限超過)."""
    late = (
        select(Proposal.id, Proposal.receipt_number, CaseClock.due_on)
        .join(CaseClock, is_running())
        .where(*asked.conditions, is_late(asked.day))
    )
    dates = late.with_only_columns(CaseClock.due_on).order_by(CaseClock.due_on)
    last = db.session.scalar(dates.offset(OVERDUE_SHOWN - 1).limit(1))
    if last is not None and asked.overdue(last) > 1:
        # The dates on the closed days after it are as late.
        late = late.where(CaseClock.due_on < asked.calendar.add_office_days(last, 1))
    found = db.session.execute(late)
    first = nsmallest(OVERDUE_SHOWN, found, key=lambda row: (-asked.overdue(row[2]), row[1]))
    return {row.id for row in first}


def _longest_in_state(asked: _Asked) -> set[int]:
    """The cases to show; many that moved in one act are looked at together (今の状態が長い提案)."""
    cases = select(Proposal.id, Proposal.receipt_number, Proposal.state_since)
    cases = cases.where(*asked.conditions)
    instants = cases.with_only_columns(Proposal.state_since).order_by(Proposal.state_since)
    last = db.session.scalar(instants.offset(OLDEST_SHOWN - 1).limit(1))
    if last is not None:
        cases = cases.where(Proposal.state_since <= last)
    found = db.session.execute(cases)
    first = nsmallest(OLDEST_SHOWN, found, key=lambda row: (row.state_since, row.receipt_number))
    return {row.id for row in first}
