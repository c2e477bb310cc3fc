"""Undoing what was entered by mistake (取消し): the last move of a candidate, or a whole line."""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import User
from app.audit.services import record
from app.candidates.lifecycle import (
    check_candidate_version,
    subject_of,
    take_back_move,
    touch,
)
from app.candidates.models import Candidate, CandidateCase, CandidateMove, ProgressReport
from app.candidates.policy import authorize_edit
from app.candidates.queries import standing_moves
from app.candidates.services.link import check_reason
from app.core import clock
from app.core.errors import IllegalTransition
from app.extensions import db
from app.workflow.candidates import CandidateState

NO_MOVE = "取り消せる進行がありません。"
REPORTED = "進行の後に進捗報告があるため、取り消せません。今の状態から進めてください。"
STARTED = "選定の後の行は取り消せません。先に進行を取り消すか、「見送り」に進めてください。"
HAS_CASES = "案件がつながっている行は取り消せません。先に、つながりを外してください。"


@dataclass(frozen=True, kw_only=True)
class Undo:
    """Undo an act on a candidate (取消し): the version that was looked at, and why."""

    version: int
    reason: str


def move_to_take_back(candidate: Candidate) -> CandidateMove:
    """The last move, if nothing was built on it (取り消せる進行). Raises IllegalTransition."""
    moves = standing_moves(candidate)
    if not moves:
        raise IllegalTransition(NO_MOVE)
    last = moves[-1]
    later = select(ProgressReport.id).where(
        ProgressReport.candidate_id == candidate.id, ProgressReport.created_at >= last.moved_at
    )
    if db.session.scalars(later).first() is not None:
        raise IllegalTransition(REPORTED)
    return last


def undo_move(candidate: Candidate, command: Undo, *, actor: User) -> None:
    """Take the last move of a candidate back (進行の取消し).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_edit(actor)
    check_candidate_version(candidate, command.version)
    last = move_to_take_back(candidate)
    check_reason(command.reason)
    take_back_move(last, candidate, reason=command.reason, actor=actor)


def check_cancellable(candidate: Candidate) -> None:
    """Refuse a line that others rest on (取り消せない行). Raises IllegalTransition."""
    if candidate.state is not CandidateState.PROPOSED:
        raise IllegalTransition(STARTED)
    linked = select(CandidateCase.id).where(CandidateCase.candidate_id == candidate.id)
    if db.session.scalars(linked).first() is not None:
        raise IllegalTransition(HAS_CASES)


def cancel_line(candidate: Candidate, command: Undo, *, actor: User) -> None:
    """Take a line that was entered by mistake off the list (行の取消し); its number is free again.

    The line is kept for the secretariat, with the reason. Raises NotAllowed, StaleVersion,
    IllegalTransition, InvalidInput.
    """
    authorize_edit(actor)
    check_candidate_version(candidate, command.version)
    check_cancellable(candidate)
    check_reason(command.reason)
    mark = candidate.printed_mark
    candidate.mark = None
    candidate.cancelled_at = clock.now()
    candidate.cancelled_by_id = actor.id
    candidate.cancelled_reason = command.reason
    touch(candidate)
    record(
        "candidate.cancel",
        subject_of(candidate),
        actor=actor,
        reason=command.reason,
        changes={"mark": mark},
    )
