"""Carrying a moved date out (期限を動かす): the clock, the case, the history, the news."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from app.accounts.models import Role, User
from app.accounts.queries import users_of_body
from app.audit.services import Subject, record
from app.core import clock
from app.core.eras import format_date_short
from app.core.errors import StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.deadlines.labels import deadline_label
from app.deadlines.models import ChangeKind, DeadlineChange
from app.deadlines.moves import Move, print_of
from app.extensions import db
from app.proposals.models import CaseClock, Proposal
from app.proposals.news import about
from app.rounds.letters import write_in_round
from app.triage.models import Assignment
from app.workflow.terms import Holder, Term

LOCK_NOT_AVAILABLE = "55P03"  # of PostgreSQL
# The body reads what happened to a date of its own, and of no other one.
VERBS = {
    ChangeKind.EXTENSION: ("proposal.extend_deadline", "proposal.extend_correction"),
    ChangeKind.CALENDAR: ("proposal.redate_deadline", "proposal.redate_correction"),
    ChangeKind.RULE: ("proposal.redate_deadline", "proposal.redate_correction"),
}


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Why dates move (期限を動かすわけ): kind, reason, who asked, who decided, which days."""

    kind: ChangeKind
    reason: str
    decided_by: User
    asked_by: User | None = None
    closing_days: list[str] = field(default_factory=list)


def lock_cases(moves: Sequence[Move], agreed: str) -> None:
    """Lock the cases whose dates move, in one order; refuse another list than was agreed to.

    `agreed` is the print of the list that was shown. Raises StaleVersion when it is not this one,
    and when somebody is at one of the cases: whoever is may wait for the calendar, which this
    transaction has, and must not be waited for.
    """
    ids = sorted(move.proposal.id for move in moves)
    try:
        rows = db.session.execute(
            select(Proposal.id, Proposal.version)
            .where(Proposal.id.in_(ids))
            .order_by(Proposal.id)
            .with_for_update(nowait=True)
        ).all()
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise StaleVersion(STALE_MESSAGE) from error
    versions = {row.id: row.version for row in rows}
    moved_on = any(versions.get(move.proposal.id) != move.proposal.version for move in moves)
    if moved_on or print_of(moves) != agreed:
        raise StaleVersion(STALE_MESSAGE)


def carry_out(moves: Iterable[Move], ground: Ground) -> None:
    """Move the dates, each with its history and its trace, and tell the holders (期限の変更)."""
    told: dict[int, list[tuple[Move, date]]] = defaultdict(list)
    people: dict[int, User] = {}
    for move in moves:
        old = move.clock.due_on
        _carry_out_one(move, ground)
        for person in _keepers(move.proposal, move.clock):
            people[person.id] = person
            told[person.id].append((move, old))
    for person_id, lines in told.items():
        if people[person_id] not in (ground.decided_by, ground.asked_by):
            _tell(people[person_id], lines)


def _carry_out_one(move: Move, ground: Ground) -> None:
    row, proposal = move.clock, move.proposal
    old_due_on, old_days = row.due_on, row.office_days
    db.session.add(
        DeadlineChange(
            proposal_id=proposal.id,
            clock_id=row.id,
            kind=ground.kind,
            old_due_on=old_due_on,
            new_due_on=move.due_on,
            reason=ground.reason,
            closing_days=list(ground.closing_days),
            old_office_days=old_days if old_days != move.office_days else None,
            new_office_days=move.office_days if old_days != move.office_days else None,
            asked_by_id=ground.asked_by.id if ground.asked_by else None,
            decided_by_id=ground.decided_by.id,
            changed_at=clock.now(),
        )
    )
    row.due_on, row.own_closures = move.due_on, move.closures
    row.office_days = move.office_days
    row.is_extended = row.is_extended or ground.kind is ChangeKind.EXTENSION
    proposal.due_on = move.due_on
    if row.term is Term.REVIEW:
        _move_assignments(proposal, move.due_on)
    db.session.flush()
    record(
        VERBS[ground.kind][row.holder is Holder.PROPOSER],
        Subject(type="proposal", id=proposal.id, version=proposal.version),
        actor=ground.decided_by,
        reason=ground.reason,
        changes={"former_due_on": old_due_on.isoformat(), "due_on": move.due_on.isoformat()},
    )


def _move_assignments(proposal: Proposal, due_on: date) -> None:
    """The opinion of a reviewer is due with the review (担当割当の期限)."""
    db.session.execute(
        update(Assignment)
        .where(Assignment.proposal_id == proposal.id, Assignment.ended_at.is_(None))
        .values(due_on=due_on)
    )


def _keepers(proposal: Proposal, row: CaseClock) -> list[User]:
    """Who has to keep the date (期限の持ち主): people of the body, or the reviewers."""
    if row.holder is Holder.PROPOSER:
        body = users_of_body(proposal.organization_id, Role.PROPOSER, Role.PROPOSER_MANAGER)
        return list(db.session.scalars(body))
    if row.term is not Term.REVIEW:
        return []
    return list(
        db.session.scalars(
            select(User)
            .join(Assignment, Assignment.reviewer_id == User.id)
            .where(Assignment.proposal_id == proposal.id, Assignment.ended_at.is_(None))
            .order_by(User.id)
        )
    )


def _tell(person: User, lines: Sequence[tuple[Move, date]]) -> None:
    """One letter a person and round, however many of the dates moved (期限の変更の知らせ)."""
    by_round: dict[int, list[tuple[Move, date]]] = defaultdict(list)
    for move, old in lines:
        by_round[move.proposal.round_id].append((move, old))
    for of_round in by_round.values():
        first_move = of_round[0][0]
        first = first_move.proposal
        is_single = len(of_round) == 1
        write_in_round(
            first.round,
            "deadlines_moved",
            [person],
            key=f"deadlines_moved:{first.id}:{first.version}",
            path=f"/proposals/{first.receipt_number}/deadlines" if is_single else "/proposals",
            about=about(first) if is_single else Subject(type="user", id=person.id),
            # A single case is named in the subject: older news of it still tells the old date.
            reference=first.reference if is_single else "",
            due_on=format_date_short(first_move.due_on) if is_single else "",
            lines=[_words(move, old) for move, old in of_round],
        )


def _words(move: Move, old: date) -> str:
    return (
        f"{move.proposal.reference}　{deadline_label(move.clock.term)}　"
        f"{format_date_short(old)} → {format_date_short(move.due_on)}"
    )
