"""Measuring the backlog of a round at any instant (滞留の集計)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select

from app.accounts.models import Organization, Role, User
from app.accounts.queries import users_with_role
from app.audit.models import AuditHead
from app.core import clock
from app.core.calendar import OfficeCalendar
from app.core.closing_days import office_calendar
from app.extensions import db
from app.proposals.models import Proposal
from app.proposals.queries import visible_to
from app.reports.backlog import history
from app.reports.backlog.at_ministries import ministries_at
from app.reports.backlog.history import DueDate, Stay
from app.reports.backlog.models import BacklogSnapshot, ReportSubscription, SnapshotKind
from app.reports.backlog.rows import (
    FORM_CHECKERS,
    LEADS,
    BacklogRow,
    Holder,
    body_key,
    reviewer_key,
)
from app.reports.cases import CLASSIFIED_PREFIX
from app.reports.policy import CASE_READERS
from app.rounds.models import Category, Round
from app.workflow.holders import HolderKind
from app.workflow.states import State, state_name
from app.workflow.terms import OWING_STATES
from app.workflow.terms import Holder as ClockHolder

# 滞留（分類確定前）, the figure of the homes; together with the classified cases the backlog.
BEFORE_CLASS = (
    State.RETURNED,
    State.SUBMITTED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.IN_CONFIRMATION,
    State.PENDING,
)
UNSETTLED = (*BEFORE_CLASS, State.CLASSIFIED)
BY_REVIEWERS = (State.IN_REVIEW, State.IN_CONFIRMATION)
OF_REVIEWERS = (*BY_REVIEWERS, State.PENDING)


@dataclass(frozen=True, kw_only=True)
class _Past:
    """What was written down of a round, up to an instant (再現の材料)."""

    day: date
    calendar: OfficeCalendar
    categories: dict[str, Category]
    reviewers: dict[int, tuple[Holder, ...]]
    due_dates: dict[int, DueDate]
    for_the_lead: frozenset[int]
    # Logins by name, for names of the trail; None of now, when the case has its owner.
    people: dict[str, str] | None
    ministries: dict[int, tuple[Holder, ...]]


def measure(
    round_: Round,
    reader: User | None,
    at: datetime | None = None,
    *,
    fold_seq: int | None = None,
    among: Collection[int] | None = None,
) -> list[BacklogRow]:
    """Cases of a round that were not settled just before an instant (滞留), by receipt number.

    `at` None is now. Without a reader nothing is left out; else what the reader may not know of
    (利益相反). `fold_seq` leaves out later entries of the trail, `among` all but these cases. Ages
    and days overdue are office days up to the day of the instant, by the calendar as it is known
    today.
    """
    of_round = select(Proposal.id).where(Proposal.round_id == round_.id)
    if among is not None:
        of_round = of_round.where(Proposal.id.in_(among))
    is_now = at is None and fold_seq is None
    stays = None if is_now else history.stays_at(of_round, at, fold_seq)
    past = _Past(
        day=clock.to_jst(at).date() if at is not None else clock.today(),
        calendar=office_calendar(),
        categories={state_name(State.CLASSIFIED, row.key): row for row in round_.scheme.categories},
        reviewers=history.reviewers_at(_with(of_round, is_now, OF_REVIEWERS), at),
        due_dates=history.due_dates(_with(of_round, is_now, UNSETTLED), at),
        for_the_lead=history.cases_for_the_lead(_with(of_round, is_now, (State.IN_REVIEW,)), at),
        people=None if is_now else _logins_by_name(),
        ministries=ministries_at(_with(of_round, is_now, (State.CLASSIFIED,)), at),
    )
    cases = _cases(round_, reader)
    if stays is None:
        return _rows_now(cases, past, among)
    return [
        _row(case, stays[case.id], past)
        for case in db.session.execute(cases)
        if case.id in stays and _state_of(stays[case.id]) in UNSETTLED
    ]


def _with(of_round: Select[int], is_now: bool, states: Collection[State]) -> Select[int]:
    """These cases, of now only the ones in states where the answer matters (対象の絞り込み)."""
    return of_round.where(Proposal.state.in_(states)) if is_now else of_round


def _rows_now(cases: Any, past: "_Past", among: Collection[int] | None) -> list[BacklogRow]:
    """The cases as they stand (現在の滞留): each says itself what the trail would tell of it.

    The trail of a round is many times as long as its cases; it is read for the past alone.
    """
    statement = cases.where(Proposal.state.in_(UNSETTLED))
    if among is not None:
        statement = statement.where(Proposal.id.in_(among))
    keys = {row.id: name for name, row in past.categories.items()}
    found = []
    for case in db.session.execute(statement):
        name = keys[case.category_id] if case.state is State.CLASSIFIED else case.state.value
        stay = Stay(name, None, case.state_since, 0, case.owner_name or "")
        found.append(_row(case, stay, past))
    return found


def _logins_by_name() -> dict[str, str]:
    people = select(User.display_name, User.login).order_by(User.id.desc())
    return {row.display_name: row.login for row in db.session.execute(people)}


def _cases(round_: Round, reader: User | None) -> Any:
    statement = (
        select(
            Proposal.id,
            Proposal.receipt_number,
            Proposal.state,
            Proposal.category_id,
            Proposal.state_since,
            User.login.label("owner_login"),
            User.display_name.label("owner_name"),
            Organization.code.label("body_code"),
            Organization.name.label("body_name"),
        )
        .join(Proposal.organization)
        .outerjoin(User, User.id == Proposal.pending_owner_id)
        .where(Proposal.round_id == round_.id, Proposal.receipt_number.is_not(None))
        .order_by(Proposal.receipt_sequence, Proposal.branch_number)
    )
    return statement if reader is None else statement.where(visible_to(reader))


def _state_of(stay: Stay) -> State:
    return state_named(stay.state_name)


def state_named(name: str) -> State:
    """The state that a name of the trail means (状態): `classified_f5` is 分類確定."""
    return State.CLASSIFIED if name.startswith(CLASSIFIED_PREFIX) else State(name)


def _row(case: Row[Any], stay: Stay, past: _Past) -> BacklogRow:
    state = _state_of(stay)
    category = past.categories.get(stay.state_name)
    kind, holders = _holders(case, state, stay, past)
    due = past.due_dates.get(case.id)
    due_on = due.day if due else None
    is_late = due_on is not None and due_on < past.day and state in OWING_STATES
    return BacklogRow(
        proposal_id=case.id,
        number=case.receipt_number,
        state=state,
        category_key=category.key if category else "",
        category_code=category.code if category else "",
        holder_kind=kind,
        holders=holders,
        since=stay.since,
        age=past.calendar.office_days_between(clock.to_jst(stay.since).date(), past.day),
        due_on=due_on,
        overdue=-past.calendar.signed_office_days(past.day, due_on) if due_on and is_late else 0,
        is_extended=due is not None and due.is_extended,
    )


def _holders(
    case: Row[Any], state: State, stay: Stay, past: _Past
) -> tuple[HolderKind, tuple[Holder, ...]]:
    """Whose move it was (持ち主); the same words as on the page of the case."""
    if state is State.RETURNED or _awaits_view(case, state, past):
        return HolderKind.BODY, (Holder(body_key(case.body_code), case.body_name),)
    if state is State.CLASSIFIED and case.id in past.ministries:
        return HolderKind.MINISTRY, past.ministries[case.id]
    if state is State.SUBMITTED:
        return HolderKind.POOL, (FORM_CHECKERS,)
    if state is State.PENDING and stay.owner:
        login = case.owner_login if past.people is None else past.people.get(stay.owner, "")
        return HolderKind.REVIEWER, (Holder(reviewer_key(login), stay.owner),)
    is_leads = state is State.IN_REVIEW and case.id in past.for_the_lead
    named = past.reviewers.get(case.id, ())
    if state in OF_REVIEWERS and named and not is_leads:
        return HolderKind.REVIEWER, named
    return HolderKind.POOL, (LEADS,)


def _awaits_view(case: Row[Any], state: State, past: _Past) -> bool:
    """Whether the view of the body was awaited then (見解待ち): its clock ran."""
    due = past.due_dates.get(case.id)
    is_bodys = due is not None and due.holder is ClockHolder.PROPOSER
    return state is State.CLASSIFIED and is_bodys


def visible_ids(round_: Round, reader: User) -> frozenset[int]:
    """Cases of a round that a reader may know of (閲覧できる提案)."""
    found = select(Proposal.id).where(Proposal.round_id == round_.id, visible_to(reader))
    return frozenset(db.session.scalars(found))


def titles_of(ids: list[int]) -> dict[int, str]:
    """Titles of cases as they read now (提案概要), by id, in one query."""
    rows = db.session.execute(select(Proposal.id, Proposal.title).where(Proposal.id.in_(ids)))
    return {row.id: row.title for row in rows}


def last_seq() -> int:
    """The last entry of the trail (監査証跡の末尾); 0 while it is empty."""
    return db.session.scalar(select(AuditHead.last_seq)) or 0


def snapshots(round_: Round) -> list[BacklogSnapshot]:
    """Stored backlogs of a round, the latest first (滞留の記録)."""
    return list(
        db.session.scalars(
            select(BacklogSnapshot)
            .where(BacklogSnapshot.round_id == round_.id)
            .order_by(BacklogSnapshot.day.desc(), BacklogSnapshot.kind)
        )
    )


def find_snapshot(round_: Round, kind: SnapshotKind, day: date) -> BacklogSnapshot | None:
    """The stored backlog of a day (滞留の記録), None when there is none."""
    return db.session.scalars(
        select(BacklogSnapshot).where(
            BacklogSnapshot.round_id == round_.id,
            BacklogSnapshot.kind == kind,
            BacklogSnapshot.day == day,
        )
    ).one_or_none()


def choices_of(user: User) -> dict[SnapshotKind, bool]:
    """Which reports a person gets (購読); a lead gets both unless it was said otherwise."""
    chosen = {
        row.kind: row.is_wanted
        for row in db.session.scalars(
            select(ReportSubscription).where(ReportSubscription.user_id == user.id)
        )
    }
    is_lead = user.has_role(Role.LEAD)
    return {kind: chosen.get(kind, is_lead) for kind in SnapshotKind}


def subscribers(kind: SnapshotKind) -> list[User]:
    """Who gets a report (購読者): active readers of cases, by id."""
    rows = db.session.scalars(select(ReportSubscription).where(ReportSubscription.kind == kind))
    chosen = {row.user_id: row.is_wanted for row in rows}
    return [
        user
        for user in db.session.scalars(users_with_role(*CASE_READERS))
        if chosen.get(user.id, user.has_role(Role.LEAD))
    ]
