"""The only writer of the state of a candidate (対象候補の状態遷移)."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from app.accounts.models import User
from app.audit.services import Subject, record
from app.candidates.models import Candidate, CandidateMilestone, CandidateMove
from app.candidates.queries import milestones_of
from app.core import clock
from app.core.errors import StaleVersion
from app.core.unit_of_work import STALE_MESSAGE
from app.extensions import db
from app.workflow.candidates import PLANNED_WAY, CandidateState, check_candidate_move


def check_candidate_version(candidate: Candidate, version: int) -> None:
    """Lock a candidate; refuse a command made from an older version (P05). Raises StaleVersion."""
    present = db.session.scalar(
        select(Candidate.version).where(Candidate.id == candidate.id).with_for_update()
    )
    if not candidate.version == present == version:
        raise StaleVersion(STALE_MESSAGE)


def lock_candidate(candidate: Candidate) -> None:
    """Let one act on a candidate run at a time (排他), where no version was looked at."""
    db.session.execute(select(Candidate.id).where(Candidate.id == candidate.id).with_for_update())
    db.session.refresh(candidate)


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
    _mark_milestones(candidate, decided_on)
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


def subject_of(candidate: Candidate) -> Subject:
    """What an entry of the trail about a candidate is about (監査の対象)."""
    return Subject(type="candidate", id=candidate.id, version=candidate.version)


def _mark_milestones(candidate: Candidate, decided_on: date) -> None:
    rows = {row.state: row for row in milestones_of([candidate.id]).get(candidate.id, [])}
    for state in _states_ahead(candidate.state):
        row = rows.get(state)
        if row is None or row.reached_on is None:
            continue
        row.reached_on = None
        if row.planned_on is None:
            db.session.delete(row)
    reached = rows.get(candidate.state)
    if reached is None:
        db.session.add(
            CandidateMilestone(
                candidate_id=candidate.id, state=candidate.state, reached_on=decided_on
            )
        )
    else:
        reached.reached_on = decided_on


def _states_ahead(state: CandidateState) -> tuple[CandidateState, ...]:
    return PLANNED_WAY[PLANNED_WAY.index(state) + 1 :] if state in PLANNED_WAY else ()
