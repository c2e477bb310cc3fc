"""What of a candidate is due when (対象候補の予定): the next date, and what is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from app.candidates.models import Candidate, CandidateMilestone, ProgressReport
from app.core import clock
from app.core.calendar import CalendarRangeError
from app.core.closing_days import office_calendar
from app.core.eras import format_date
from app.workflow.candidates import (
    CANDIDATE_STATE_LABELS,
    PLANNED_WAY,
    CandidateState,
    candidate_states_from,
)

REPORT_LABEL = "進捗報告"
REACHED, LATE, NOW, AHEAD, OPEN = "reached", "late", "now", "ahead", "open"


class DueDate(NamedTuple):
    """A date of a candidate that lies ahead or went by (対象候補の期日)."""

    label: str
    day: date

    @property
    def is_late(self) -> bool:
        """Whether the day went by (超過)."""
        return self.day < clock.today()


class Step(NamedTuple):
    """A step of the way with its dates (道筋の段階); `standing` is one of the words above."""

    state: CandidateState
    label: str
    planned_on: date | None
    reached_on: date | None
    standing: str


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The way of a candidate, what comes next, and what is late (予定)."""

    steps: tuple[Step, ...]
    dues: tuple[DueDate, ...]

    @property
    def next_due(self) -> DueDate | None:
        """The earliest date that is owed (次の期日), None when none is known."""
        return min(self.dues, key=lambda due: due.day, default=None)

    @property
    def late(self) -> list[DueDate]:
        """What should have been by now (超過している期日)."""
        return [due for due in self.dues if due.is_late]


def schedule_of(
    candidate: Candidate,
    milestones: Sequence[CandidateMilestone],
    reports: Sequence[ProgressReport],
) -> Schedule:
    """Put a candidate's dates together (予定); `reports` the newest first."""
    by_state = {row.state: row for row in milestones}
    is_over = not candidate_states_from(candidate.state)
    steps = tuple(
        _step(state, candidate, by_state.get(state), is_over=is_over) for state in _way(candidate)
    )
    dues = [
        DueDate(step.label, step.planned_on)
        for step in steps
        if step.planned_on is not None and step.reached_on is None and not is_over
    ]
    awaited = reports[0].next_on if reports else None
    if candidate.state is CandidateState.AGREED and awaited is not None:
        dues.append(DueDate(REPORT_LABEL, awaited))
    return Schedule(steps=steps, dues=tuple(dues))


def _way(candidate: Candidate) -> tuple[CandidateState, ...]:
    """The planned way; another outcome than an agreement ends it there."""
    if candidate.state in PLANNED_WAY:
        return PLANNED_WAY
    return (*PLANNED_WAY[: PLANNED_WAY.index(CandidateState.AGREED)], candidate.state)


def _step(
    state: CandidateState,
    candidate: Candidate,
    milestone: CandidateMilestone | None,
    *,
    is_over: bool,
) -> Step:
    planned_on = milestone.planned_on if milestone else None
    reached_on = milestone.reached_on if milestone else None
    way = _way(candidate)
    if state is candidate.state:
        standing = NOW
    elif way.index(state) < way.index(candidate.state):
        standing = REACHED
    elif planned_on is not None and planned_on < clock.today() and not is_over:
        standing = LATE
    else:
        standing = AHEAD if planned_on else OPEN
    return Step(state, CANDIDATE_STATE_LABELS[state], planned_on, reached_on, standing)


def closed_day_note(day: date) -> str:
    """Say that offices are closed on a day, or that nobody knows yet (閉庁日の注意); "" if open."""
    calendar = office_calendar()
    try:
        reason = calendar.closing_reason(day)
    except CalendarRangeError:
        return f"{format_date(day)}は、祝日がまだ決まっていない年の日です。"
    return f"{format_date(day)}は閉庁日（{reason}）です。" if reason else ""
