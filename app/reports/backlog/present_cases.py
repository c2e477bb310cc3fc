"""The cases of the backlog of now that a page tells one by one (現在の滞留の案件)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import nsmallest
from typing import Any, NamedTuple

from sqlalchemy import Row, select

from app.accounts.models import User
from app.core import clock
from app.core.calendar import OfficeCalendar
from app.core.closing_days import office_calendar
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.reports.backlog import present_sql as sql
from app.reports.backlog.at_ministries import ministries_at
from app.reports.backlog.rows import (
    FORM_CHECKERS,
    LEADS,
    BacklogRow,
    Holder,
    body_key,
    reviewer_key,
)
from app.reports.backlog.tally import OLDEST_SHOWN, OVERDUE_SHOWN, oldest_order, overdue_of
from app.rounds.models import Category, Round
from app.workflow.holders import HolderKind
from app.workflow.states import State
from app.workflow.terms import OWING_STATES

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which cases are counted, for whom and by which day (集計の対象)."""

    round: Round
    # None: nothing is kept from whoever reads.
    reader: User | None
    day: date
    calendar: OfficeCalendar

    @property
    def categories(self) -> dict[int, Category]:
        """Classes of the round by id (分類)."""
        return {row.id: row for row in self.round.scheme.categories}

    def rows(self, statement: sql.Statement, **values: Any) -> Sequence[Row[Any]]:
        """Ask one of the statements, of the cases the reader may know of."""
        if self.reader is not None:
            statement = statement.where(visible_to(self.reader))
        told = {sql.ROUND: self.round.id, sql.DAY: self.day, **values}
        return db.session.connection().execute(statement, told).all()

    def age(self, since: datetime) -> int:
        """Office days after the day of an instant (今の状態の日数)."""
        return self.calendar.office_days_between(clock.to_jst(since).date(), self.day)

    def overdue(self, due_on: date) -> int:
        """Office days past a date that went by (超過の日数)."""
        return -self.calendar.signed_office_days(self.day, due_on)


def begin_of_age(age: int) -> datetime:
    """What came into its state before this instant is so many office days old, or older."""
    calendar, day, left = office_calendar(), clock.today() + ONE_DAY, age
    while left:
        day -= ONE_DAY
        left -= calendar.is_office_day(day)
    return clock.jst(day.year, day.month, day.day)


def people_of(ids: Iterable[int]) -> dict[int, Holder]:
    """People as holders, by id (担当)."""
    rows = db.session.connection().execute(sql.PEOPLE, {"ids": sorted(ids)})
    return {row.id: Holder(reviewer_key(row.login), row.display_name) for row in rows}


def pool_of(state: State) -> Holder:
    """Whoever of the secretariat comes first (形式確認の担当・総括)."""
    return FORM_CHECKERS if state is State.SUBMITTED else LEADS


def shown(asked: Asked) -> tuple[tuple[BacklogRow, ...], tuple[BacklogRow, ...]]:
    """The longest overdue, and the longest in their state (期限超過・今の状態が長い提案)."""
    overdue, oldest = _longest_overdue(asked), _longest_in_state(asked)
    rows = _rows(asked, sorted({*overdue, *oldest}))
    return (
        tuple(overdue_of(row for row in rows if row.proposal_id in overdue)),
        tuple(sorted((row for row in rows if row.proposal_id in oldest), key=oldest_order)),
    )


def _longest_overdue(asked: Asked) -> set[int]:
    """The cases to show, found from the earliest dates on: none but those is read (期限超過)."""
    dates = asked.rows(sql.LAST_LATE_DATE)
    before = asked.day
    if dates and asked.overdue(dates[0].due_on) > 1:
        # The dates on the closed days after it are as late.
        before = asked.calendar.add_office_days(dates[0].due_on, 1)
    found = asked.rows(sql.LATE_CASES, before=before)
    order = {row.due_on: -asked.overdue(row.due_on) for row in found}
    first = nsmallest(OVERDUE_SHOWN, found, key=lambda row: (order[row.due_on], row.receipt_number))
    return {row.id for row in first}


def _longest_in_state(asked: Asked) -> set[int]:
    """The cases to show; many that moved in one act are looked at together (今の状態が長い提案)."""
    instants = asked.rows(sql.LAST_INSTANT)
    until = instants[0].state_since if instants else clock.now()
    found = asked.rows(sql.OLD_CASES, until=until)
    first = nsmallest(OLDEST_SHOWN, found, key=lambda row: (row.state_since, row.receipt_number))
    return {row.id for row in first}


def _rows(asked: Asked, ids: list[int]) -> list[BacklogRow]:
    """These cases as a person reads them (滞留の行), whose move each is from its kind of holder."""
    rows = db.session.connection().execute(sql.rows(asked.day), {"ids": ids}).all()
    named = _holders(rows)
    return [_row(asked, row, named) for row in rows]


class _Named(NamedTuple):
    """Who has the cases that are shown, by case or by id (持ち主)."""

    owners: dict[int, Holder]
    assigned: dict[int, tuple[Holder, ...]]
    ministries: dict[int, tuple[Holder, ...]]


def _holders(rows: Sequence[Row[Any]]) -> _Named:
    by_kind: dict[HolderKind, list[Row[Any]]] = {kind: [] for kind in HolderKind}
    for row in rows:
        by_kind[row.holder_kind].append(row)
    of_people = by_kind[HolderKind.REVIEWER]
    at_ministries = [row.id for row in by_kind[HolderKind.MINISTRY]]
    return _Named(
        owners=people_of({row.pending_owner_id for row in of_people if row.pending_owner_id}),
        assigned=_assigned([row.id for row in of_people]),
        ministries=_ministries(at_ministries),
    )


def _assigned(ids: list[int]) -> dict[int, tuple[Holder, ...]]:
    found: dict[int, tuple[Holder, ...]] = {}
    for row in db.session.connection().execute(sql.ASSIGNED_TO, {"ids": ids}) if ids else ():
        holder = Holder(reviewer_key(row.login), row.display_name)
        if holder not in found.get(row.proposal_id, ()):
            found[row.proposal_id] = (*found.get(row.proposal_id, ()), holder)
    return found


def _ministries(ids: list[int]) -> dict[int, tuple[Holder, ...]]:
    return ministries_at(select(Proposal.id).where(Proposal.id.in_(ids)), None) if ids else {}


def _row(asked: Asked, row: Row[Any], named: _Named) -> BacklogRow:
    category = asked.categories.get(row.category_id) if row.state is State.CLASSIFIED else None
    is_late = row.due_on is not None and row.due_on < asked.day and row.state in OWING_STATES
    return BacklogRow(
        proposal_id=row.id,
        number=row.receipt_number,
        state=row.state,
        category_key=category.key if category else "",
        category_code=category.code if category else "",
        holder_kind=row.holder_kind,
        holders=_holders_of(row, named),
        since=row.state_since,
        age=asked.age(row.state_since),
        due_on=row.due_on,
        overdue=asked.overdue(row.due_on) if is_late else 0,
        is_extended=bool(row.is_extended),
    )


def _holders_of(row: Row[Any], named: _Named) -> tuple[Holder, ...]:
    if row.holder_kind is HolderKind.BODY:
        return (Holder(body_key(row.body_code), row.body_name),)
    if row.holder_kind is HolderKind.MINISTRY:
        return named.ministries[row.id]
    if row.holder_kind is HolderKind.POOL:
        return (pool_of(row.state),)
    is_owned = row.state is State.PENDING and row.pending_owner_id is not None
    return (named.owners[row.pending_owner_id],) if is_owned else named.assigned[row.id]
