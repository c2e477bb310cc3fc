"""Where each case stood at an instant, since when, and who had it (状態・持ち主の再現).

Everything is folded from what was written down at the time: entries of the trail, assignments,
clocks, opinions. Each function is one query for a whole round.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, case, func, null, or_, select

from app.accounts.models import User
from app.audit.actors import with_names
from app.audit.models import AuditEvent
from app.deadlines.models import ChangeKind, DeadlineChange
from app.deadlines.queries import due_dates_at
from app.extensions import db
from app.proposals.models import CaseClock
from app.reports.backlog.rows import Holder, reviewer_key
from app.triage.models import Assessment, AssessmentDecision, AssessmentStatus, Assignment
from app.triage.queries import DISPUTES_BEFORE_LEAD
from app.workflow.states import State
from app.workflow.terms import Holder as ClockHolder

# Acts that put a case back to where it stood: its days go on from the first time it came there.
BACK_VERBS = frozenset({"proposal.take_back", "proposal.unmerge"})
REASSIGN = "proposal.reassign"
RECUSE = "proposal.recuse"

Ids = Select[int]


class Stay(NamedTuple):
    """A stay of a case in one state (滞在): the name of the state, since when, by which entry.

    `owner` is whoever looks at a pending case again (ペンディングの持ち主), by name.
    """

    state_name: str
    before: str | None
    since: datetime
    seq: int
    owner: str


class DueDate(NamedTuple):
    """The due date in force (期限), and whether it had been extended."""

    day: date
    is_extended: bool
    holder: ClockHolder = ClockHolder.SECRETARIAT


def stays_at(of_round: Ids, end: datetime | None, fold_seq: int | None) -> dict[int, Stay]:
    """The stay of each submitted case just before an instant, by id; None: now.

    `fold_seq` leaves out what the trail said after that entry.
    """
    names = {row.id: row.display_name for row in db.session.execute(_people())}
    histories: dict[int, list[Stay]] = {}
    for row in db.session.execute(_entries(of_round, end, fold_seq)):
        _fold(histories.setdefault(row.subject_id, []), row, names)
    return {case_id: stays[-1] for case_id, stays in histories.items() if stays}


def _people() -> Select[int, str]:
    return select(User.id, User.display_name)


def _entries(of_round: Ids, end: datetime | None, fold_seq: int | None) -> Select[Any]:
    moves_owner = AuditEvent.verb.in_([REASSIGN, RECUSE])
    names_owner = or_(moves_owner, AuditEvent.to_state == State.PENDING.value)
    statement = (
        select(
            AuditEvent.seq,
            AuditEvent.subject_id,
            AuditEvent.verb,
            AuditEvent.from_state,
            AuditEvent.to_state,
            AuditEvent.occurred_at,
            # Read where they name an owner alone: they are the bulk of the trail.
            case((names_owner, AuditEvent.changes), else_=null()).label("changes"),
        )
        .where(
            AuditEvent.subject_type == "proposal",
            AuditEvent.subject_id.in_(of_round),
            or_(AuditEvent.to_state.is_not(None), moves_owner),
        )
        .order_by(AuditEvent.seq)
    )
    if end is not None:
        statement = statement.where(AuditEvent.occurred_at < end)
    return statement if fold_seq is None else statement.where(AuditEvent.seq <= fold_seq)


def _fold(stays: list[Stay], entry: Row[Any], names: dict[int, str]) -> None:
    if entry.to_state is None:
        if stays:
            stays[-1] = _with_owner_moved(stays[-1], entry, names)
        return
    if entry.verb in BACK_VERBS:
        earlier = next((stay for stay in stays[-2::-1] if stay.state_name == entry.to_state), None)
        if earlier is not None:
            stays.append(earlier._replace(seq=entry.seq))
            return
    stays.append(
        Stay(
            state_name=entry.to_state,
            before=entry.from_state,
            since=entry.occurred_at,
            seq=entry.seq,
            owner=with_names(entry.changes or {}, names).get("pending_owner") or "",
        )
    )


def _with_owner_moved(stay: Stay, entry: Row[Any], names: dict[int, str]) -> Stay:
    changes = entry.changes
    if entry.verb == RECUSE:
        is_owner = stay.owner == with_names(changes, names).get("reviewer")
        return stay._replace(owner="") if is_owner else stay
    is_owner = bool(stay.owner) and stay.owner == names.get(changes.get("from_id", 0))
    return stay._replace(owner=names.get(changes.get("to_id", 0), "")) if is_owner else stay


def reviewers_at(of_round: Ids, end: datetime | None) -> dict[int, tuple[Holder, ...]]:
    """Who was assigned to each case just before an instant (その時点の担当), by case."""
    statement = (
        select(Assignment.proposal_id, User.login, User.display_name)
        .join(Assignment.reviewer)
        .where(Assignment.proposal_id.in_(of_round), _was_on(Assignment, end))
        .order_by(Assignment.id)
    )
    found: dict[int, tuple[Holder, ...]] = {}
    for case_id, login, name in db.session.execute(statement):
        holder = Holder(reviewer_key(login), name)
        if holder not in found.get(case_id, ()):
            found[case_id] = (*found.get(case_id, ()), holder)
    return found


def _was_on(table: type[Assignment] | type[CaseClock], end: datetime | None) -> ColumnElement[bool]:
    """Whether a row with a beginning and an end was in force just before an instant."""
    began = Assignment.assigned_at if table is Assignment else CaseClock.started_at
    if end is None:
        return table.ended_at.is_(None)
    return (began < end) & or_(table.ended_at.is_(None), table.ended_at >= end)


def due_dates(of_round: Ids, end: datetime | None) -> dict[int, DueDate]:
    """The due date of each running clock as it was told at an instant (その時点の期限), by case."""
    running = select(CaseClock.id).where(
        CaseClock.proposal_id.in_(of_round), _was_on(CaseClock, end)
    )
    rows = db.session.execute(
        select(CaseClock.id, CaseClock.proposal_id, CaseClock.due_on, CaseClock.holder)
        .where(CaseClock.id.in_(running))
        .order_by(CaseClock.id)
    )
    told = due_dates_at(end, running) if end is not None else {}
    extended = _extended(running, end)
    return {
        row.proposal_id: DueDate(told.get(row.id, row.due_on), row.id in extended, row.holder)
        for row in rows
    }


def _extended(running: Ids, end: datetime | None) -> set[int]:
    """Clocks among these whose date had been extended by then (期限の延長)."""
    statement = select(DeadlineChange.clock_id).where(
        DeadlineChange.kind == ChangeKind.EXTENSION, DeadlineChange.clock_id.in_(running)
    )
    if end is not None:
        statement = statement.where(DeadlineChange.changed_at < end)
    return set(db.session.scalars(statement))


def cases_for_the_lead(of_round: Ids, end: datetime | None) -> frozenset[int]:
    """Cases on which two disputes stood at an instant, so that a lead decides (総括決裁待ち)."""
    decided_at = func.coalesce(AssessmentDecision.decided_at, Assessment.created_at)
    statement = (
        select(Assessment.proposal_id, Assessment.status, Assessment.first_opinion_id)
        .outerjoin(AssessmentDecision, AssessmentDecision.assessment_id == Assessment.id)
        .where(
            Assessment.proposal_id.in_(of_round),
            Assessment.status.in_(
                [
                    AssessmentStatus.DISPUTED,
                    AssessmentStatus.CONFIRMED,
                    AssessmentStatus.DECIDED,
                ]
            ),
        )
        .order_by(Assessment.id)
    )
    if end is not None:
        statement = statement.where(decided_at < end)
    return _disputed_twice(db.session.execute(statement))


def _disputed_twice(rows: Iterable[Any]) -> frozenset[int]:
    disputes: dict[int, int] = {}
    for case_id, status, first_opinion_id in rows:
        if status is not AssessmentStatus.DISPUTED:
            disputes[case_id] = 0
        elif first_opinion_id is None:
            disputes[case_id] = disputes.get(case_id, 0) + 1
    return frozenset(
        case_id for case_id, number in disputes.items() if number >= DISPUTES_BEFORE_LEAD
    )
