"""How long the backlog and the flow of a round take (滞留・仕分けの進み), now and of a past day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update

from app.accounts.models import User
from app.audit.models import AuditEvent
from app.casework.case_list import case_list
from app.core import clock
from app.core.unit_of_work import unit_of_work
from app.deadlines.models import ChangeKind, DeadlineChange
from app.extensions import db
from app.proposals.models import CaseClock, Proposal
from app.proposals.models.clock import ClockEnd
from app.reports.backlog.queries import measure
from app.reports.backlog.report import build_backlog
from app.reports.counting import Counting, read_counting
from app.reports.flow.durations import build_cycle_time
from app.reports.flow.progress import build_flow
from app.reports.flow.question import read_question
from app.rounds.models import Round
from app.rounds.queries import get_round
from app.triage.models import Assignment
from app.workflow.states import State, state_name
from app.workflow.terms import Holder, Term
from bench.scratch import fill, scratch_app
from bench.settings import Settings, milliseconds, say

FIRST = clock.jst(2024, 9, 2, 9)
NOW = clock.jst(2024, 12, 20, 10)
# Half of the way: most cases have moved, many will move again.
PAST = "2024-10-15T08:00"
STEP = timedelta(days=9, hours=5)
ROUNDS = 5
ROWS_AT_ONCE = 5_000
# The way of a case with its detours; case n stops after 1 + n % len(WAY) moves.
WAY = (
    State.SUBMITTED,
    State.RETURNED,
    State.SUBMITTED,
    State.ACCEPTED,
    State.IN_REVIEW,
    State.IN_CONFIRMATION,
    State.IN_REVIEW,
    State.PENDING,
    State.IN_REVIEW,
    State.CLASSIFIED,
    State.CLOSED,
)
REVIEWED = WAY.index(State.IN_REVIEW)
Rows = Iterator[dict[str, Any]]


def run(settings: Settings) -> None:
    """Print the seconds of the reports and of the list behind a cell, the slowest of five."""
    with scratch_app(settings) as app:
        fill(settings.cases)
        live_through()
        round_ = get_round("R6")
        lead = db.session.scalars(select(User).where(User.login == "lead")).one()
        with clock.at(NOW), app.test_request_context():
            say(f"{settings.cases} cases, {len(measure(round_, None))} of them in the backlog")
            for name, as_of in (("now", ""), ("as of a past instant", PAST)):
                _time(round_, lead, name, as_of)


def _time(round_: Round, reader: User, name: str, as_of: str) -> None:
    counting: Counting = read_counting({"as_of": as_of})
    question = read_question({"as_of": as_of})
    asked = {"state": "in_review", "age": "11-20", "as_of": as_of}
    for what, work in (
        ("measure", lambda: measure(round_, reader, counting.end)),
        ("report backlog", lambda: build_backlog(round_, reader, counting)),
        ("list of one cell", lambda: case_list(reader, asked, round_)),
        ("report flow", lambda: build_flow(round_, reader, question)),
        ("report cycle-time", lambda: build_cycle_time(round_, reader, question)),
    ):
        times = []
        for _ in range(ROUNDS):
            db.session.expire_all()
            times.append(milliseconds(work))
        say(f"{what}, {name}: {max(times) / 1000:.2f} s")


def live_through() -> None:
    """Give every case of the database a past: moves, reviewers, clocks, dates that moved."""
    with unit_of_work() as session:
        ids = list(session.scalars(select(Proposal.id).order_by(Proposal.id)))
        people = list(session.scalars(select(User.id).where(User.login.like("officer%"))))
        category = get_round("R6").scheme.categories[0]
        for table, rows in (
            (AuditEvent, _entries(ids, category.key)),
            (Assignment, _assignments(ids, people)),
            (CaseClock, _clocks(ids)),
        ):
            _insert(table, rows)
        running = session.execute(
            select(CaseClock.id, CaseClock.proposal_id, CaseClock.due_on)
            .where(CaseClock.ended_at.is_(None))
            .order_by(CaseClock.id)
        ).all()
        _insert(DeadlineChange, (_change(*row) for row in running[::4]))
        cases = cast(Table, Proposal.__table__)
        for number, state in enumerate(WAY):
            stopped_there = [{"case_id": case_id} for case_id in ids[number :: len(WAY)]]
            stands = update(cases).where(cases.c.id == bindparam("case_id"))
            is_settled = state in (State.CLASSIFIED, State.CLOSED)
            values = {"state": state, "category_id": category.id if is_settled else None}
            session.execute(stands.values(values), stopped_there)


def _insert(table: Any, rows: Rows) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == ROWS_AT_ONCE:
            db.session.execute(insert(table), batch)
            batch = []
    if batch:
        db.session.execute(insert(table), batch)


def _when(number: int, move: int) -> datetime:
    return FIRST + move * STEP + timedelta(minutes=number % 480)


def _moves(ids: list[int]) -> Iterator[tuple[int, int, int]]:
    for number, case_id in enumerate(ids):
        for move in range(1 + number % len(WAY)):
            yield number, case_id, move


def _entries(ids: list[int], category: str) -> Rows:
    first = 1 + (db.session.scalar(select(AuditEvent.seq).order_by(AuditEvent.seq.desc())) or 0)
    seq = count(first)
    for number, case_id, move in sorted(_moves(ids), key=lambda row: _when(row[0], row[2])):
        name = WAY[move]
        yield {
            "seq": (own := next(seq)),
            "occurred_at": _when(number, move),
            "verb": f"proposal.{name}",
            "actor_label": "事務局",
            "subject_type": "proposal",
            "subject_id": case_id,
            "subject_version": move + 1,
            "from_state": WAY[move - 1].value if move else State.DRAFT.value,
            "to_state": state_name(name, category) if name is State.CLASSIFIED else name.value,
            "reason": "",
            "changes": {},
            "request_id": "",
            "previous_hash": f"{own - 1:064}",
            "entry_hash": f"{own:064}",
        }


def _assignments(ids: list[int], people: list[int]) -> Rows:
    for number, case_id in enumerate(ids):
        if number % len(WAY) < REVIEWED:
            continue
        began = _when(number, REVIEWED)
        for place, person in enumerate(people[:2]):
            yield {
                "proposal_id": case_id,
                "reviewer_id": person,
                "assigned_by_id": people[0],
                "assigned_at": began + place * STEP,
                "due_on": (began + 2 * STEP).date(),
                "ended_at": began + STEP if place == 0 else None,
            }


def _clocks(ids: list[int]) -> Rows:
    for number, case_id, move in _moves(ids):
        if not move:
            continue
        is_last = move == number % len(WAY)
        yield {
            "proposal_id": case_id,
            "term": Term.REVIEW,
            "holder": Holder.SECRETARIAT,
            "started_on": _when(number, move).date(),
            "started_at": _when(number, move),
            "office_days": 10,
            "due_on": (_when(number, move) + timedelta(days=14)).date(),
            "ended_at": None if is_last else _when(number, move + 1),
            "end": None if is_last else ClockEnd.DONE,
        }


def _change(clock_id: int, case_id: int, due_on: Any) -> dict[str, Any]:
    return {
        "clock_id": clock_id,
        "proposal_id": case_id,
        "kind": ChangeKind.EXTENSION,
        "old_due_on": due_on,
        "new_due_on": due_on + timedelta(days=7),
        "changed_at": clock.jst(2024, 11, 1, 9),
        "reason": "",
        "decided_by_id": db.session.scalar(select(User.id).where(User.login == "lead")),
    }
