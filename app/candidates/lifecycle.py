"""The only writer of the state of a candidate (対象候補の状態遷移)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import User
from app.audit.services import Subject, record
from app.candidates.models import Candidate, CandidateMilestone, CandidateMove
from app.candidates.queries import milestones_of, standing_moves
from app.core import clock
from app.core.errors import IllegalTransition, StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.workflow.candidates import PLANNED_WAY, CandidateState, check_candidate_move

CANCELLED = "この行は取り消されています。要るときは、対象候補を登録し直してください。"


def check_candidate_version(candidate: Candidate, version: int) -> None:
    """Lock a candidate; refuse a command made from an older version (P05).

    Raises StaleVersion; IllegalTransition for a line that was cancelled (取消し).
    """
    present = db.session.scalar(
        select(Candidate.version).where(Candidate.id == candidate.id).with_for_update()
    )
    if not candidate.version == present == version:
        raise StaleVersion(STALE_MESSAGE)
    _check_stands(candidate)


def lock_candidate(candidate: Candidate) -> None:
    """Let one act on a candidate run at a time (排他), where no version was looked at.

    Raises IllegalTransition for a line that was cancelled (取消し).
    """
    db.session.execute(select(Candidate.id).where(Candidate.id == candidate.id).with_for_update())
    db.session.refresh(candidate)
    _check_stands(candidate)


def _check_stands(candidate: Candidate) -> None:
    if candidate.cancelled_at is not None:
        raise IllegalTransition(CANCELLED)


def touch(candidate: Candidate) -> None:
    """Count an act on what belongs to a candidate as a new version of it (版)."""
    candidate.changed_at = clock.now()
    # Also where the clock shows the same instant as at the last act.
    flag_modified(candidate, "changed_at")
    db.session.flush()


def move_candidate(
    candidate: Candidate, target: CandidateState, *, decided_on: date, reason: str, actor: User
) -> None:
    """Move a candidate along one arrow, keep the day, leave a trace (状態遷移).

    Studied again (個別協議), what lay behind it is before it once more: those days are taken off
    its milestones and stay in its moves. Raises IllegalTransition and changes nothing when the
    table has no such arrow.
    """
    before = candidate.state
    check_candidate_move(before, target)
    db.session.add(
        CandidateMove(
            candidate_id=candidate.id,
            from_state=before,
            to_state=target,
            decided_on=decided_on,
            reason=reason,
            moved_by_id=actor.id,
            moved_at=clock.now(),
        )
    )
    candidate.state = target
    _mark_milestones(candidate)
    touch(candidate)
    record(
        "candidate.move",
        subject_of(candidate),
        actor=actor,
        from_state=before.value,
        to_state=target.value,
        reason=reason,
        changes={"decided_on": decided_on.isoformat()},
    )


def take_back_move(move: CandidateMove, candidate: Candidate, *, reason: str, actor: User) -> None:
    """Put a candidate back to where it was before its last move (進行の取消し).

    The move stays with who took it back and why; the days of the milestones are those of the moves
    that still stand. The caller has checked that nothing followed.
    """
    before = candidate.state
    move.taken_back_at = clock.now()
    move.taken_back_by_id = actor.id
    move.taken_back_reason = reason
    candidate.state = move.from_state
    _mark_milestones(candidate)
    touch(candidate)
    record(
        "candidate.take_back_move",
        subject_of(candidate),
        actor=actor,
        from_state=before.value,
        to_state=candidate.state.value,
        reason=reason,
        changes={"candidate_move_id": move.id},
    )


def subject_of(candidate: Candidate) -> Subject:
    """What an entry of the trail about a candidate is about (監査の対象)."""
    return Subject(type="candidate", id=candidate.id, version=candidate.version)


def _mark_milestones(candidate: Candidate) -> None:
    """Let the milestones say what the moves that stand say (節目の至った日)."""
    db.session.flush()
    reached = _reached_on(standing_moves(candidate))
    rows = {row.state: row for row in milestones_of([candidate.id]).get(candidate.id, [])}
    for state, row in rows.items():
        row.reached_on = reached.get(state)
        if row.planned_on is None and row.reached_on is None:
            db.session.delete(row)
    for state in reached.keys() - rows.keys():
        db.session.add(
            CandidateMilestone(candidate_id=candidate.id, state=state, reached_on=reached[state])
        )


def _reached_on(moves: Sequence[CandidateMove]) -> dict[CandidateState, date]:
    """When each state was reached, by the moves in their order (至った日).

    A move back (個別協議) puts the states behind it ahead once more.
    """
    reached: dict[CandidateState, date] = {}
    for row in moves:
        for state in _states_ahead(row.to_state):
            reached.pop(state, None)
        reached[row.to_state] = row.decided_on
    return reached


def _states_ahead(state: CandidateState) -> tuple[CandidateState, ...]:
    return PLANNED_WAY[PLANNED_WAY.index(state) + 1 :] if state in PLANNED_WAY else ()
