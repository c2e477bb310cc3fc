"""The course of a candidate (対象候補の進行): moves, planned dates, progress reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.accounts.models import User
from app.audit.services import record
from app.candidates.lifecycle import (
    check_candidate_version,
    lock_candidate,
    move_candidate,
    subject_of,
    touch,
)
from app.candidates.models import Candidate, CandidateMilestone, ProgressReport
from app.candidates.policy import authorize_move, authorize_report
from app.candidates.queries import milestones_of, reports_on, standing_moves
from app.candidates.schedule import closed_day_note
from app.core import clock
from app.core.eras import format_date
from app.core.errors import IllegalTransition, InvalidInput
from app.core.text import count_characters, is_blank
from app.extensions import db
from app.workflow.candidates import (
    CANDIDATE_STATE_LABELS,
    PLANNED_WAY,
    CandidateState,
    ProgressStatus,
    check_candidate_move,
)

LONGEST_TEXT = 2000  # characters
PROVISIONAL = (
    "【P】（調整中）の付いた対象候補は選定できません。先に、一覧の内容で【P】を外してください。"
)

# Section 6b: reports at regular dates until the service begins.
NEXT_NEEDED = "提供開始まで報告は続きます。次の報告の予定日を入力してください"


@dataclass(frozen=True, kw_only=True)
class MoveCandidate:
    """A step of a candidate (対象候補を進める): where to, decided when, and why."""

    version: int
    target: CandidateState
    decided_on: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class PlanDates:
    """When the states ahead shall be reached (節目の予定日); None for no date."""

    version: int
    planned: Mapping[CandidateState, date | None]
    reason: str


@dataclass(frozen=True, kw_only=True)
class ReportProgress:
    """What is reported of the progress (進捗報告); `next_on` is when the next one is due."""

    status: ProgressStatus
    text: str
    reported_on: date
    next_on: date | None


def move(candidate: Candidate, command: MoveCandidate, *, actor: User) -> None:
    """Move a candidate to its next state (対象候補を進める).

    Raises NotAllowed, StaleVersion, IllegalTransition, InvalidInput.
    """
    authorize_move(actor, candidate)
    check_candidate_version(candidate, command.version)
    check_candidate_move(candidate.state, command.target)
    if candidate.is_provisional:
        raise IllegalTransition(PROVISIONAL)
    errors = _text_errors("reason", "理由", command.reason)
    problem = _past_day_problem(command.decided_on, _last_decided_on(candidate))
    if problem:
        errors["decided_on"] = [problem]
    _refuse(errors)
    move_candidate(
        candidate,
        command.target,
        decided_on=command.decided_on,
        reason=command.reason,
        actor=actor,
    )


def plan_dates(candidate: Candidate, command: PlanDates, *, actor: User) -> list[str]:
    """Set the planned dates of the states ahead (節目の予定日); returns warnings on closed days.

    Only dates that change are kept and warned of. Raises NotAllowed, StaleVersion,
    IllegalTransition for an inquiry (検討), InvalidInput.
    """
    authorize_move(actor, candidate)
    check_candidate_version(candidate, command.version)
    rows = {row.state: row for row in milestones_of([candidate.id]).get(candidate.id, [])}
    ahead = states_to_plan(candidate)
    planned = {state: command.planned.get(state) for state in ahead}
    changed = {
        state: day
        for state, day in planned.items()
        if day != (rows[state].planned_on if state in rows else None)
    }
    errors = _order_errors(planned)
    if not changed:
        errors = {"reason": ["予定日が変わっていません。変える予定日を入力してください"]}
    elif is_blank(command.reason):
        errors["reason"] = ["予定日を決めた、または変えた理由を入力してください"]
    _refuse(errors)
    for state, day in changed.items():
        _plan(candidate, state, day, rows.get(state))
    touch(candidate)
    record(
        "candidate.plan_dates",
        subject_of(candidate),
        actor=actor,
        reason=command.reason,
        changes={state.value: day.isoformat() if day else None for state, day in changed.items()},
    )
    return [note for day in changed.values() if day and (note := closed_day_note(day))]


def report_progress(candidate: Candidate, command: ReportProgress, *, actor: User) -> list[str]:
    """Keep a progress report (進捗報告); returns a warning when the next date is a closed day.

    Raises NotAllowed, IllegalTransition before an agreement, InvalidInput.
    """
    authorize_report(actor, candidate)
    lock_candidate(candidate)
    authorize_report(actor, candidate)
    errors = _text_errors("text", "進捗の内容", command.text)
    problem = _past_day_problem(command.reported_on, _last_reported_on(candidate))
    if problem:
        errors["reported_on"] = [problem]
    if command.next_on is None:
        errors["next_on"] = [NEXT_NEEDED]
    elif command.next_on <= command.reported_on:
        errors["next_on"] = ["次の報告の予定日は、報告日より後の日付にしてください"]
    _refuse(errors)
    row = ProgressReport(
        candidate_id=candidate.id,
        status=command.status,
        text=command.text,
        reported_on=command.reported_on,
        next_on=command.next_on,
        reported_by_id=actor.id,
        created_at=clock.now(),
    )
    db.session.add(row)
    touch(candidate)
    record(
        "candidate.report_progress",
        subject_of(candidate),
        actor=actor,
        changes={
            "progress_report_id": row.id,
            "status": row.status.value,
            "next_on": row.next_on.isoformat() if row.next_on else None,
        },
    )
    note = closed_day_note(command.next_on) if command.next_on else ""
    return [note] if note else []


def states_to_plan(candidate: Candidate) -> tuple[CandidateState, ...]:
    """States ahead on the planned way (これからの節目); none for one that went another way."""
    if candidate.state not in PLANNED_WAY:
        return ()
    return PLANNED_WAY[PLANNED_WAY.index(candidate.state) + 1 :]


def _plan(
    candidate: Candidate, state: CandidateState, day: date | None, row: CandidateMilestone | None
) -> None:
    if row is None:
        db.session.add(CandidateMilestone(candidate_id=candidate.id, state=state, planned_on=day))
    elif day is None:
        db.session.delete(row)
    else:
        row.planned_on = day


def _order_errors(planned: Mapping[CandidateState, date | None]) -> dict[str, list[str]]:
    """Dates of later states must not lie before those of earlier ones."""
    errors: dict[str, list[str]] = {}
    latest: tuple[CandidateState, date] | None = None
    for state, day in planned.items():
        if day is None:
            continue
        if latest is not None and day < latest[1]:
            before = CANDIDATE_STATE_LABELS[latest[0]]
            message = f"「{before}」の予定日（{format_date(latest[1])}）以後の日付にしてください"
            errors[state.value] = [message]
        latest = (state, day)
    return errors


def _last_decided_on(candidate: Candidate) -> date | None:
    return max((row.decided_on for row in standing_moves(candidate)), default=None)


def _last_reported_on(candidate: Candidate) -> date | None:
    reports = reports_on([candidate.id]).get(candidate.id)
    return reports[0].reported_on if reports else None


def _past_day_problem(day: date, not_before: date | None) -> str:
    if day > clock.today():
        return "今日までの日付にしてください"
    if not_before is not None and day < not_before:
        return f"前の記録の日（{format_date(not_before)}）以後の日付にしてください"
    return ""


def _text_errors(name: str, label: str, text: str) -> dict[str, list[str]]:
    if is_blank(text):
        return {name: [f"{label}を入力してください"]}
    over = count_characters(text) - LONGEST_TEXT
    if over > 0:
        return {
            name: [f"{label}は{LONGEST_TEXT}文字以内で入力してください（{over}文字超えています）"]
        }
    return {}


def _refuse(errors: dict[str, list[str]]) -> None:
    if errors:
        raise InvalidInput(errors)
